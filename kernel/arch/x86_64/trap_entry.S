// Where exceptions and interrupts enter the kernel, and the way back out of it.
//
// Each vector has a stub of 16 bytes that makes all frames alike (struct trap_frame); the gates point to them. The flags are set
// to a known state at once: a program may have AC, DF or NT set. gs is the kernel's from the swap on.

#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/arch/x86_64/register_macros.h"
#include "kernel/arch/x86_64/unwind.h"

    .text

// ---- stubs ----
    .balign 16
    .global trap_stubs
trap_stubs:
vector = 0
.rept VECTOR_COUNT
    .balign 16
    // The processor itself pushes an error code for 8, 10 to 14, 17, 21, 29 and 30.
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    .else
    push $0
    .endif
    push $vector
    .if vector == VECTOR_DEBUG || vector == VECTOR_NMI || vector == VECTOR_BREAKPOINT || vector == VECTOR_DOUBLE_FAULT || vector == VECTOR_MACHINE_CHECK
    jmp trap_paranoid
    .else
    jmp trap_common
    .endif
    vector = vector + 1
.endr

// ---- the usual way ----
trap_common:
    PUSH_REGISTERS
trap_framed:
    push $FLAG_ALWAYS
    popf
    testb $3, FRAME_CODE_SEGMENT(%rsp)
    jz 1f
    swapgs
trap_from_swapped:
    mov %rsp, %rdi
    call trap_handle
    jmp trap_return_to_user
1:  mov %rsp, %rdi
    call trap_handle
    jmp trap_restore

// To user mode with the frame at rsp, on the thread's kernel stack, interrupts off. Used by syscall_entry.S and context_switch.S.
    .global trap_return_to_user
trap_return_to_user:
    cmpl $0, %gs:PROCESSOR_ATTENTION
    jne 2f
    // A return address that is no address would fault here in the kernel: the program gets its exception instead.
    mov FRAME_INSTRUCTION(%rsp), %rax
    shr $47, %rax
    jnz 3f
    swapgs
trap_restore:
    POP_REGISTERS
    add $16, %rsp               // vector and error
    iretq
2:  call thread_before_user
    jmp trap_return_to_user
3:  mov %rsp, %rdi
    call trap_bad_return
    jmp trap_return_to_user

// ---- #DB, #BP, NMI, #DF, #MC: on a stack of their own, at any instruction of the kernel, gs in any state ----
// At the stack's top stands the address of this CPU's struct processor.
trap_paranoid:
    PUSH_REGISTERS
trap_paranoid_framed:
    push $FLAG_ALWAYS
    popf
    testb $3, FRAME_CODE_SEGMENT(%rsp)
    jnz 1f
    mov $MSR_GS_BASE, %ecx
    rdmsr
    mov %eax, %r12d             // the base that was there, kept over the call
    mov %edx, %r13d
    mov FRAME_SIZE(%rsp), %rax
    mov %rax, %rdx
    shr $32, %rdx
    wrmsr
    cmpl $VECTOR_NMI, FRAME_VECTOR(%rsp)
    je 2f
trap_paranoid_placed:
    mov %rsp, %rdi
    call trap_handle_paranoid
    mov $MSR_GS_BASE, %ecx
    mov %r12d, %eax
    mov %r13d, %edx
    wrmsr
    jmp trap_restore

// A debugger stands here for long, and halts until the next NMI. So that is let in, by an iretq; and as it begins at the stack's top, the frame
// moves down from there, or to below what is interrupted where that lies on this stack.
2:  lea FRAME_SIZE(%rsp), %rax
    mov %rsp, %rbx
    sub FRAME_STACK(%rsp), %rax
    cmp $KERNEL_STACK_BYTES, %rax
    cmovb FRAME_STACK(%rsp), %rbx
    and $-16, %rbx
    sub $FRAME_SIZE, %rbx
    mov %rsp, %rsi
    mov %rbx, %rdi
    mov $(FRAME_SIZE / 8), %ecx
    rep movsq
    mov %rbx, %rsp
trap_paranoid_unframed:
    push $SELECTOR_KERNEL_DATA_NUMBER
    push %rbx
    pushf
    push $SELECTOR_KERNEL_CODE_NUMBER
    lea trap_paranoid_placed(%rip), %rax
    push %rax
    iretq

// Out of a program: like any other exception, on the thread's own kernel stack.
1:  swapgs
    mov %gs:PROCESSOR_KERNEL_STACK, %rdi
    sub $FRAME_SIZE, %rdi
    mov %rsp, %rsi
    mov %rdi, %rsp
    mov $(FRAME_SIZE / 8), %ecx
    rep movsq
    cmpl $VECTOR_NMI, FRAME_VECTOR(%rsp)
    jne trap_from_swapped
    // No further NMI comes before an iretq. That is now: on its way back the thread may sleep, and the CPU leave by another way.
    mov %rsp, %rax
    push $SELECTOR_KERNEL_DATA_NUMBER
    push %rax
    pushf
    push $SELECTOR_KERNEL_CODE_NUMBER
    lea trap_from_swapped(%rip), %rax
    push %rax
    iretq

// Behind the last instruction of this file: nobody sets a breakpoint here.
    .global trap_entry_end
trap_entry_end:

    UNWIND_START
    UNWIND_FRAME trap_framed, trap_restore
    UNWIND_FRAME trap_paranoid_framed, trap_paranoid_unframed
