// Traps: exceptions, interrupts and system calls, all with the same picture of the registers on the stack.
//
// Rules: the frame of a system call has the same shape, but its rax is the call's code and rcx, r11 are the return address and
// flags as `syscall` leaves them; while something else is done before it returns, `error` and `rcx` hold its result. Handlers run with interrupts off on the thread's kernel stack, but #DB, NMI, #DF and #MC out
// of the kernel, which have stacks of their own per CPU.
#pragma once

#include <arch/context.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/x86_64/kernel_map.h"

struct writer;

struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector;
    uint64_t error; // 0 where the processor gives none
    uint64_t rip, cs, rflags, rsp, ss;
};

// The frame of a thread's way into the kernel, at the top of its stack. Its program's registers, while it is in the kernel.
static inline struct trap_frame *trap_user_frame(const struct arch_context *context) {
    return (struct trap_frame *)(context->stack_base + KERNEL_STACK_SIZE) - 1;
}

// The exception's name, "interrupt" for others.
const char *trap_name(uint64_t vector);

// Writes the registers, four to a line. (Also declared in kernel/process/fault.h.)
void trap_describe(const struct trap_frame *frame, struct writer *out);

// Writes the call stack of a trapped program by its frame pointers, with names from its image's symbols.
void trap_describe_stack(const struct trap_frame *frame, struct writer *out);

static inline bool trap_from_user(const struct trap_frame *frame) {
    return (frame->cs & 3) != 0;
}

// Called by the entry code for every trap but system calls.
void trap_handle(struct trap_frame *frame);

// For #DB, #BP, NMI, #DF and #MC out of the kernel: on the stack of its own, may not sleep.
void trap_handle_paranoid(struct trap_frame *frame);

// Called by the entry code when the way back to the program would lead to no address at all.
void trap_bad_return(struct trap_frame *frame);

// A debug exception out of a program. True: it was for the program's debugger (kernel/process/debugger.h), or of points that a debugged
// process has left in this CPU.
bool debug_trap(struct trap_frame *frame);
