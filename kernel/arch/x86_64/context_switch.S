// Leaving one kernel stack for another.
//
// context_switch_stack(rdi: uint64_t *saved, rsi: uint64_t next) saves the callee-saved registers on the stack and its
// pointer in *saved, and goes on where `next` was saved. Built frames (context.c) have the same shape (struct switch_frame).

#include "kernel/arch/x86_64/machine_constants.h"

    .text
    .global context_switch_stack
context_switch_stack:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret

// Where a new user thread runs first; the trap frame of its start lies at rsp.
    .global context_user_begin
context_user_begin:
    call scheduler_switched
    jmp trap_return_to_user

// Where a new kernel thread runs first; its function is in rbx.
    .global context_kernel_begin
context_kernel_begin:
    call scheduler_switched
    call *%rbx
    ud2

// context_enter(rdi: stack pointer of a new kernel thread): runs its function without having left another thread.
    .global context_enter
context_enter:
    mov %rdi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    add $8, %rsp
    call *%rbx
    ud2
