// Registers of threads: of those that stopped on a CPU all, of those that wait what the kernel kept of them.
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/string.h"
#include "kernel/memory/space.h"
#include "kernel/process/process.h"

extern char context_user_begin[];

enum { X87_CONTROL, X87_STATUS, X87_TAGS, X87_OPERATION = 7, TAGS_EMPTY = 0xffff };

// ---- the general ones ----

static const size_t general_places[16] = {
    offsetof(struct trap_frame, rax), offsetof(struct trap_frame, rbx), offsetof(struct trap_frame, rcx),
    offsetof(struct trap_frame, rdx), offsetof(struct trap_frame, rsi), offsetof(struct trap_frame, rdi),
    offsetof(struct trap_frame, rbp), offsetof(struct trap_frame, rsp), offsetof(struct trap_frame, r8),
    offsetof(struct trap_frame, r9),  offsetof(struct trap_frame, r10), offsetof(struct trap_frame, r11),
    offsetof(struct trap_frame, r12), offsetof(struct trap_frame, r13), offsetof(struct trap_frame, r14),
    offsetof(struct trap_frame, r15)};

static uint64_t *frame_general(struct trap_frame *frame, unsigned number) {
    return (uint64_t *)((char *)frame + general_places[number - REGISTER_RAX]);
}

static void fill_from_frame(struct trap_frame *frame, struct register_file *file) {
    for (unsigned i = 0; i < 16; i++)
        file->general[i] = *frame_general(frame, REGISTER_RAX + i);
    file->instruction = frame->rip;
    file->flags = (uint32_t)frame->rflags;
    file->segments[0] = (uint32_t)frame->cs & 0xffff;
    file->segments[1] = (uint32_t)frame->ss & 0xffff;
    registers_know(file, REGISTER_RAX, REGISTER_GS);
}

// ---- of a thread that is not on a CPU ----

struct trap_frame *thread_user_frame(const struct debug_thread *id) {
    struct thread *thread = thread_find(id);
    if (id->process == KERNEL_PROCESS || thread == 0 || thread->context.stack_base == 0)
        return 0;
    return trap_user_frame(&thread->context);
}

// The switch left the address to go on at and the frame pointer (arch_context_switch); the rest is in its callers' frames.
static void fill_from_switch(const struct thread *thread, struct register_file *file) {
    uint64_t saved[2]; // where it goes on, frame pointer
    uint64_t at = thread->context.stack_pointer;
    if (!memory_peek(at, saved, sizeof(saved)))
        return;
    if (saved[0] == (uint64_t)context_user_begin) { // it has not run yet
        fill_from_frame(trap_user_frame(&thread->context), file);
        return;
    }
    file->instruction = saved[0];
    file->general[REGISTER_RBP] = saved[1];
    file->general[REGISTER_RSP] = at + sizeof(uint64_t);
    file->flags = FLAG_ALWAYS;
    file->segments[0] = SELECTOR_KERNEL_CODE;
    file->segments[1] = SELECTOR_KERNEL_DATA;
    registers_know(file, REGISTER_RBP, REGISTER_RSP);
    registers_know(file, REGISTER_RIP, REGISTER_GS);
}

// ---- floating point ----

// GDB wants two bits per register where FXSAVE has one: empty or not is all that can be told.
static uint32_t tags_widen(uint8_t tags) {
    uint32_t wide = 0;
    for (unsigned i = 0; i < 8; i++)
        wide |= (tags >> i & 1 ? 0u : 3u) << (2 * i);
    return wide;
}

static void fill_fpu(const struct fpu_image *image, struct register_file *file) {
    for (unsigned i = 0; i < 8; i++)
        memcpy(file->x87[i], image->x87[i].value, sizeof(file->x87[i]));
    file->x87_control[X87_CONTROL] = image->control;
    file->x87_control[X87_STATUS] = image->status;
    file->x87_control[X87_TAGS] = tags_widen(image->tags);
    file->x87_control[X87_OPERATION] = image->operation;
    memcpy(file->xmm, image->xmm, sizeof(file->xmm));
    file->mxcsr = image->vector_control;
    registers_know(file, REGISTER_ST0, REGISTER_MXCSR);
}

static bool read_saved_fpu(const struct thread *thread, struct fpu_image *image) {
    const struct fpu_image *saved = fpu_image_of(&thread->context);
    if (saved == 0 || !memory_peek((uint64_t)saved, image, fpu_image_size()))
        return false;
    fpu_image_make_whole(image);
    return true;
}

static void fill_saved_fpu(const struct thread *thread, struct register_file *file) {
    struct fpu_image image;
    if (read_saved_fpu(thread, &image))
        fill_fpu(&image, file);
}

// ---- all ----

static void fill_control(int cpu, struct register_file *file) {
    file->control[0] = cr0_read();
    file->control[1] = cpu >= 0 ? stopped_cpus[cpu].page_fault_address : 0;
    file->control[3] = cr4_read();
    file->control[4] = msr_read(MSR_EFER);
    registers_know(file, REGISTER_CR0, REGISTER_EFER);
}

static void fill_bases(const struct thread *thread, const struct trap_frame *frame, int cpu,
                       struct register_file *file) {
    bool in_kernel = frame == 0 || !trap_from_user(frame);
    file->fs_base = thread != 0 ? thread->context.fs_base : 0;
    if (in_kernel)
        file->gs_base = (uint64_t)(cpu >= 0 ? &processors[cpu] : thread != 0 ? thread->processor : &processors[0]);
    registers_know(file, REGISTER_FS_BASE, REGISTER_GS_BASE);
}

void thread_registers(const struct debug_thread *id, struct register_file *file) {
    struct thread *thread = thread_find(id);
    int cpu = thread_cpu(id);
    struct trap_frame *frame = cpu >= 0 ? stopped_cpus[cpu].frame : 0;
    if (frame != 0) {
        fill_from_frame(frame, file);
        fill_fpu((const struct fpu_image *)stopped_cpus[cpu].fpu, file);
    } else if (thread != 0 && thread->context.stack_pointer != 0) {
        fill_from_switch(thread, file);
        fill_saved_fpu(thread, file);
    }
    fill_bases(thread, frame, cpu, file);
    fill_control(cpu, file);
    file->control[2] = thread_root(id);
}

// ---- writing ----

static void write_fpu(struct fpu_image *image, unsigned number, const struct register_file *file) {
    if (number >= REGISTER_XMM0 && number < REGISTER_MXCSR)
        memcpy(image->xmm[number - REGISTER_XMM0], file->xmm[number - REGISTER_XMM0], sizeof(image->xmm[0]));
    else if (number == REGISTER_MXCSR)
        image->vector_control = file->mxcsr & image->vector_control_mask;
    else if (number < REGISTER_X87_CONTROL)
        memcpy(image->x87[number - REGISTER_ST0].value, file->x87[number - REGISTER_ST0], sizeof(file->x87[0]));
    else if (number == REGISTER_X87_CONTROL)
        image->control = (uint16_t)file->x87_control[X87_CONTROL];
    else if (number == REGISTER_X87_CONTROL + X87_STATUS)
        image->status = (uint16_t)file->x87_control[X87_STATUS];
    // what is left only says where the last instruction was
}

// Bits of the flags that a program may have; the others stay as they are.
#define FLAGS_WRITABLE UINT64_C(0x250dd5)

static enum status write_frame(struct trap_frame *frame, unsigned number, const struct register_file *file) {
    if (number <= REGISTER_R15)
        *frame_general(frame, number) = file->general[number - REGISTER_RAX];
    else if (number == REGISTER_RIP && !address_is_canonical(file->instruction))
        return STATUS_BAD_ADDRESS;
    else if (number == REGISTER_RIP)
        frame->rip = file->instruction;
    else if (number == REGISTER_FLAGS)
        frame->rflags = (frame->rflags & ~FLAGS_WRITABLE) | (file->flags & FLAGS_WRITABLE);
    else
        return STATUS_NO_RIGHT;
    return STATUS_OK;
}

static bool is_fpu(unsigned number) {
    return number >= REGISTER_ST0 && number <= REGISTER_MXCSR;
}

// Kept for the thread; hold_leave loads it where the thread stands on a CPU.
static enum status write_base(struct thread *thread, const struct register_file *file) {
    if (thread == 0 || thread->context.stack_base == 0 || fpu_image_of(&thread->context) == 0)
        return STATUS_NO_RIGHT; // the kernel's own
    if (file->fs_base >= USER_HIGHEST)
        return STATUS_BAD_ADDRESS;
    thread->context.fs_base = file->fs_base;
    return STATUS_OK;
}

static enum status write_on_cpu(const struct debug_thread *id, uint32_t index, unsigned number,
                                const struct register_file *file) {
    struct stopped_cpu *cpu = &stopped_cpus[index];
    if (is_fpu(number)) {
        write_fpu((struct fpu_image *)cpu->fpu, number, file);
        cpu->fpu_changed = true;
        return STATUS_OK;
    }
    if (number != REGISTER_FS_BASE)
        return write_frame(cpu->frame, number, file);
    enum status status = write_base(thread_find(id), file);
    cpu->base_changed |= status == STATUS_OK;
    return status;
}

// ---- writing to a thread that waits ----

static enum status poke(uint64_t address, const void *from, size_t size) {
    static const struct debug_thread kernel = {KERNEL_PROCESS, 0};
    return target_memory_write(&kernel, address, from, size) == size ? STATUS_OK : STATUS_BAD_ADDRESS;
}

static enum status write_saved_fpu(const struct thread *thread, unsigned number, const struct register_file *file) {
    struct fpu_image image;
    if (!read_saved_fpu(thread, &image))
        return STATUS_NO_RIGHT;
    write_fpu(&image, number, file);
    return poke((uint64_t)fpu_image_of(&thread->context), &image, fpu_image_size());
}

static bool is_kernel_text(uint64_t address) {
    extern char kernel_text_end[];
    return address >= KERNEL_IMAGE_BASE && address < (uint64_t)kernel_text_end;
}

// Of what the switch kept: where it goes on may be changed to elsewhere in the kernel, not the stack on which that lies.
static enum status write_switch(const struct thread *thread, unsigned number, const struct register_file *file) {
    uint64_t at = thread->context.stack_pointer, saved;
    if (!memory_peek(at, &saved, sizeof(saved)))
        return STATUS_NO_RIGHT;
    if (saved == (uint64_t)context_user_begin)
        return write_frame(trap_user_frame(&thread->context), number, file);
    if (number == REGISTER_RIP && !is_kernel_text(file->instruction))
        return STATUS_BAD_ADDRESS;
    if (number == REGISTER_RIP)
        return poke(at, &file->instruction, sizeof(file->instruction));
    if (number == REGISTER_RBP)
        return poke(at + sizeof(uint64_t), &file->general[REGISTER_RBP], sizeof(uint64_t));
    return number == REGISTER_RSP || number > REGISTER_R15 ? STATUS_NO_RIGHT : STATUS_NOT_FOUND;
}

enum status thread_register_write(const struct debug_thread *id, unsigned number, const struct register_file *file) {
    struct thread *thread = thread_find(id);
    int cpu = thread_cpu(id);
    if (cpu >= 0)
        return write_on_cpu(id, (uint32_t)cpu, number, file);
    if (thread == 0 || thread->context.stack_pointer == 0)
        return STATUS_NO_RIGHT;
    if (is_fpu(number))
        return write_saved_fpu(thread, number, file);
    return number == REGISTER_FS_BASE ? write_base(thread, file) : write_switch(thread, number, file);
}
