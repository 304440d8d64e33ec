// Where new threads begin (context.c builds their stacks), and the boot code's way into its idle thread.

#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/arch/x86_64/unwind.h"

    .text

// A user thread: the trap frame of its start lies at rsp.
    .global context_user_begin
context_user_begin:
    xor %ebp, %ebp
    call scheduler_switched
    jmp trap_return_to_user

// A kernel thread: its function lies at rsp.
    .global context_kernel_begin
context_kernel_begin:
    xor %ebp, %ebp
    call scheduler_switched
    mov (%rsp), %rax
    call *%rax
    ud2

// context_enter(rdi: stack pointer of a new kernel thread): runs its function without having left another thread.
    .global context_enter
context_enter:
    xor %ebp, %ebp
    lea 8(%rdi), %rsp           // behind the address of context_kernel_begin
    mov (%rsp), %rax
    call *%rax
    ud2
context_end:

    UNWIND_START
    UNWIND_FRAME context_user_begin, context_kernel_begin
    UNWIND_END context_kernel_begin, context_end
