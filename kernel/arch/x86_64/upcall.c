// Upcalls as the processor sees them: the frame of a thread's way to its program is put aside with the FPU's state, and another
// one put in its place. Every way there ends in that frame, so both kinds of entry, traps and system calls, are served alike.
#include "kernel/thread/upcall.h"

#include <arch/cpu.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/features.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"
#include "kernel/thread/thread.h"

enum { SYSTEM_CALL_SIZE = 2 }; // bytes of the instruction

struct arch_upcall {
    struct trap_frame frame;
    struct arch_context saved; // only its FPU area is used
};

static struct arch_context clean; // the FPU state that an upcall begins with

static struct trap_frame *user_frame(void) {
    return trap_user_frame(&thread_current()->context);
}

// One instruction a word: this runs at every upcall, there and back.
static void frame_copy(struct trap_frame *to, const struct trap_frame *from) {
    uint64_t words = sizeof(*to) / sizeof(uint64_t);
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

enum status arch_upcall_create(struct arch_upcall **room) {
    struct arch_upcall *made = heap_allocate(sizeof(*made));
    if (made == 0)
        return STATUS_NO_MEMORY;
    enum status status = fpu_create(&made->saved);
    if (status == STATUS_OK && clean.fpu == 0 && clean.fpu_old == 0)
        status = fpu_create(&clean); // for ever; two CPUs at once make one too many, once
    if (status != STATUS_OK) {
        arch_upcall_destroy(made);
        return status;
    }
    *room = made;
    return STATUS_OK;
}

void arch_upcall_destroy(struct arch_upcall *room) {
    fpu_destroy(&room->saved);
    heap_free(room);
}

void arch_upcall_enter(struct arch_upcall *room, const struct upcall_entry *entry) {
    frame_copy(&room->frame, user_frame());
    fpu_save(&room->saved);
    arch_upcall_follow(entry);
}

void arch_upcall_follow(const struct upcall_entry *entry) {
    struct trap_frame *frame = user_frame();
    assert_debug(trap_from_user(frame));
    fpu_load(&clean);
    frame->r15 = frame->r14 = frame->r13 = frame->r12 = frame->r11 = frame->r10 = frame->rbp = frame->rbx = 0;
    frame->rax = entry->function;
    frame->rdi = entry->arguments[0];
    frame->rsi = entry->arguments[1];
    frame->rdx = entry->arguments[2];
    frame->rcx = entry->arguments[3];
    frame->r8 = entry->arguments[4];
    frame->r9 = entry->arguments[5];
    frame->vector = VECTOR_UPCALL;
    frame->error = 0;
    frame->rip = entry->instruction;
    frame->rflags = FLAG_ALWAYS | FLAG_INTERRUPT;
    frame->rsp = entry->stack;
}

// The result of an interrupted call lies where trap.h says. The registers that a call leaves empty are emptied.
static inline __attribute__((always_inline)) void call_finish(struct trap_frame *frame, bool restart) {
    if (restart && (int64_t)frame->error == STATUS_INTERRUPTED) {
        frame->rip -= SYSTEM_CALL_SIZE;
        return;
    }
    frame->rax = frame->error;
    frame->rdx = frame->rcx;
    frame->rcx = frame->rip;
    frame->rdi = frame->rsi = frame->r8 = frame->r9 = frame->r10 = 0;
}

void arch_upcall_none(void) {
    struct trap_frame *frame = user_frame();
    if (frame->vector != VECTOR_SYSTEM_CALL || (int64_t)frame->error != STATUS_INTERRUPTED)
        return;
    call_finish(frame, true);
    frame->vector = VECTOR_UPCALL;
}

bool arch_debug_settle(void) {
    struct trap_frame *frame = user_frame();
    uint64_t behind = frame->rip;
    if (frame->vector != VECTOR_SYSTEM_CALL)
        return false;
    call_finish(frame, true);
    frame->vector = VECTOR_UPCALL;
    return frame->rip == behind;
}

bool arch_upcall_waits(const struct arch_upcall *room) {
    return room->frame.vector == VECTOR_SYSTEM_CALL;
}

void arch_upcall_leave(const struct arch_upcall *room, bool restart) {
    struct trap_frame *frame = user_frame();
    frame_copy(frame, &room->frame);
    if (frame->vector == VECTOR_SYSTEM_CALL)
        call_finish(frame, restart);
    frame->vector = VECTOR_UPCALL; // so that all registers are loaded from the frame
    fpu_load(&room->saved);
}
