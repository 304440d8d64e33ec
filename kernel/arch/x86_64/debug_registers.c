// The registers of threads that a debugger has halted: the frame of their way into the kernel, and the FPU's area.
#include "kernel/abi/debug.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/base/string.h"
#include "kernel/thread/thread.h"

_Static_assert(FXSAVE_SIZE == sizeof(((struct debug_registers *)0)->fpu), "FXSAVE's size");

#define FLAGS_WRITABLE                                                                                                 \
    UINT64_C(0x240cd5) // carry to overflow, alignment check, id; not the trap flag, which is the debugger's own
#define VECTOR_CONTROL_DEFAULT_MASK 0xffbf
#define USER_ADDRESS_MASK UINT64_C(0x7fffffffffff)

static const size_t general_places[16] = {
    offsetof(struct trap_frame, rax), offsetof(struct trap_frame, rcx), offsetof(struct trap_frame, rdx),
    offsetof(struct trap_frame, rbx), offsetof(struct trap_frame, rsp), offsetof(struct trap_frame, rbp),
    offsetof(struct trap_frame, rsi), offsetof(struct trap_frame, rdi), offsetof(struct trap_frame, r8),
    offsetof(struct trap_frame, r9),  offsetof(struct trap_frame, r10), offsetof(struct trap_frame, r11),
    offsetof(struct trap_frame, r12), offsetof(struct trap_frame, r13), offsetof(struct trap_frame, r14),
    offsetof(struct trap_frame, r15)};

static uint64_t *frame_general(struct trap_frame *frame, uint32_t number) {
    return (uint64_t *)((char *)frame + general_places[number]);
}

void arch_debug_read(const struct thread *thread, struct debug_registers *registers) {
    struct trap_frame *frame = trap_user_frame(&thread->context);
    for (uint32_t i = 0; i < 16; i++)
        registers->general[i] = *frame_general(frame, i);
    registers->instruction = frame->rip;
    registers->flags = frame->rflags & ~(uint64_t)FLAG_TRAP;
    registers->fs_base = thread->context.fs_base;
    registers->gs_base = 0;
    registers->code = frame->cs & 0xffff;
    registers->stack = frame->ss & 0xffff;
    struct fpu_image *image = fpu_image_of(&thread->context);
    fpu_image_make_whole(image);
    memcpy(registers->fpu, image, sizeof(registers->fpu));
}

// What the processor would refuse to load is masked out.
static void fpu_write(struct fpu_image *image, const struct fpu_image *wanted) {
    uint32_t mask = image->vector_control_mask != 0 ? image->vector_control_mask : VECTOR_CONTROL_DEFAULT_MASK;
    fpu_image_make_whole(image);
    image->control = wanted->control;
    image->status = wanted->status;
    image->tags = wanted->tags;
    image->vector_control = wanted->vector_control & mask;
    memcpy(image->x87, wanted->x87, sizeof(image->x87));
    memcpy(image->xmm, wanted->xmm, sizeof(image->xmm));
}

void arch_debug_write(struct thread *thread, const struct debug_registers *registers) {
    struct trap_frame *frame = trap_user_frame(&thread->context);
    for (uint32_t i = 0; i < 16; i++)
        *frame_general(frame, i) = registers->general[i];
    frame->rip = registers->instruction;
    frame->rflags = (frame->rflags & ~FLAGS_WRITABLE) | (registers->flags & FLAGS_WRITABLE);
    thread->context.fs_base = registers->fs_base & USER_ADDRESS_MASK;
    fpu_write(fpu_image_of(&thread->context), (const struct fpu_image *)(const void *)registers->fpu);
}

void arch_debug_step(struct thread *thread, bool steps) {
    struct trap_frame *frame = trap_user_frame(&thread->context);
    frame->rflags = steps ? frame->rflags | FLAG_TRAP : frame->rflags & ~(uint64_t)FLAG_TRAP;
}

uint64_t arch_debug_instruction(void) {
    return trap_user_frame(&thread_current()->context)->rip;
}

void arch_debug_set_instruction(uint64_t address) {
    trap_user_frame(&thread_current()->context)->rip = address;
}
