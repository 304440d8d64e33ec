// The registers of threads that a debugger has halted: the frame of their way into the kernel, and the FPU's area.
#include "kernel/abi/debug.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/features.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/base/string.h"
#include "kernel/thread/thread.h"

// What FXSAVE writes, as far as it is looked at here, and XSAVE behind it.
struct fpu_image {
    uint16_t control, status;
    uint8_t tags[4];
    uint64_t instruction, data;
    uint32_t vector_control, vector_control_mask;
    uint8_t x87[128], xmm[256], unused[96];
    uint64_t components; // of XSAVE: those that are not in their first state
};

_Static_assert(offsetof(struct fpu_image, components) == sizeof(((struct debug_registers *)0)->fpu), "FXSAVE's size");

enum { COMPONENT_X87 = 1 << 0, COMPONENT_VECTOR = 1 << 1, CONTROL_CLEAN = 0x37f };

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

static struct trap_frame *user_frame(const struct thread *thread) {
    return (struct trap_frame *)(thread->context.stack_base + KERNEL_STACK_SIZE) - 1;
}

static uint64_t *frame_general(struct trap_frame *frame, uint32_t number) {
    return (uint64_t *)((char *)frame + general_places[number]);
}

static struct fpu_image *fpu_image(const struct thread *thread) {
    return thread->context.fpu != 0 ? thread->context.fpu : thread->context.fpu_old;
}

// A component that the area says is in its first state has old bytes there.
static void fpu_make_whole(struct fpu_image *image) {
    if (!features.xsave)
        return;
    if (!(image->components & COMPONENT_X87)) {
        image->control = CONTROL_CLEAN;
        image->status = 0;
        memset(image->tags, 0, sizeof(image->tags));
        image->instruction = image->data = 0;
        memset(image->x87, 0, sizeof(image->x87));
    }
    if (!(image->components & COMPONENT_VECTOR))
        memset(image->xmm, 0, sizeof(image->xmm));
    image->components |= COMPONENT_X87 | COMPONENT_VECTOR;
}

void arch_debug_read(const struct thread *thread, struct debug_registers *registers) {
    struct trap_frame *frame = user_frame(thread);
    for (uint32_t i = 0; i < 16; i++)
        registers->general[i] = *frame_general(frame, i);
    registers->instruction = frame->rip;
    registers->flags = frame->rflags & ~(uint64_t)FLAG_TRAP;
    registers->fs_base = thread->context.fs_base;
    registers->gs_base = 0;
    registers->code = frame->cs & 0xffff;
    registers->stack = frame->ss & 0xffff;
    fpu_make_whole(fpu_image(thread));
    memcpy(registers->fpu, fpu_image(thread), sizeof(registers->fpu));
}

// What the processor would refuse to load is masked out.
static void fpu_write(struct fpu_image *image, const struct fpu_image *wanted) {
    uint32_t mask = image->vector_control_mask != 0 ? image->vector_control_mask : VECTOR_CONTROL_DEFAULT_MASK;
    fpu_make_whole(image);
    image->control = wanted->control;
    image->status = wanted->status;
    image->tags[0] = wanted->tags[0];
    image->vector_control = wanted->vector_control & mask;
    memcpy(image->x87, wanted->x87, sizeof(image->x87));
    memcpy(image->xmm, wanted->xmm, sizeof(image->xmm));
}

void arch_debug_write(struct thread *thread, const struct debug_registers *registers) {
    struct trap_frame *frame = user_frame(thread);
    for (uint32_t i = 0; i < 16; i++)
        *frame_general(frame, i) = registers->general[i];
    frame->rip = registers->instruction;
    frame->rflags = (frame->rflags & ~FLAGS_WRITABLE) | (registers->flags & FLAGS_WRITABLE);
    thread->context.fs_base = registers->fs_base & USER_ADDRESS_MASK;
    fpu_write(fpu_image(thread), (const struct fpu_image *)(const void *)registers->fpu);
}

void arch_debug_step(struct thread *thread, bool steps) {
    struct trap_frame *frame = user_frame(thread);
    frame->rflags = steps ? frame->rflags | FLAG_TRAP : frame->rflags & ~(uint64_t)FLAG_TRAP;
}

uint64_t arch_debug_instruction(void) {
    return user_frame(thread_current())->rip;
}

void arch_debug_set_instruction(uint64_t address) {
    user_frame(thread_current())->rip = address;
}
