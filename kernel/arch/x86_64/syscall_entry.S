// Where a system call enters the kernel and leaves it: the shortest way in the system.
//
// In: rax the code, rdi rsi rdx r10 r8 r9 the parameters, rcx the return address, r11 the flags; TF, IF, DF, NT, AC were
// cleared by the instruction. Out: rax the status, rdx the value; rdi rsi r8 r9 r10 zero; rcx, r11 as the instruction
// leaves them; the others kept. The stack gets a struct trap_frame, for debuggers and faults; C keeps the callee-saved
// registers, so they are not read back.

#include "kernel/arch/x86_64/machine_constants.h"
#include "kernel/arch/x86_64/register_macros.h"
#include "kernel/arch/x86_64/unwind.h"

    .text
    .balign 64
    .global system_call_entry
system_call_entry:
    swapgs
    mov %rsp, %gs:PROCESSOR_USER_STACK
    mov %gs:PROCESSOR_KERNEL_STACK, %rsp
    push $SELECTOR_USER_DATA_NUMBER
    push %gs:PROCESSOR_USER_STACK
    push %r11
    push $SELECTOR_USER_CODE_NUMBER
    push %rcx
    push $0
    push $VECTOR_SYSTEM_CALL
    PUSH_REGISTERS
system_call_framed:
    mov %r10, %rcx
    cmp $CALL_TABLE_SIZE, %rax
    jae 2f
    call *call_table(, %rax, 8)
1:  cmpl $0, %gs:PROCESSOR_ATTENTION
    jne 3f
    // sysret to an address that is none would fault in the kernel. The address behind a system call is one: the last page below
    // the hole is never mapped (USER_HIGHEST). Only while something else was done can it have been changed.
9:  mov FRAME_INSTRUCTION(%rsp), %rcx
    mov FRAME_FLAGS(%rsp), %r11
    xor %edi, %edi
    xor %esi, %esi
    xor %r8d, %r8d
    xor %r9d, %r9d
    xor %r10d, %r10d
    mov FRAME_STACK(%rsp), %rsp
    swapgs
    .global system_call_return  // for tests of the debugger
system_call_return:
    sysretq

2:  mov $STATUS_NO_CALL_NUMBER, %rax
    xor %edx, %edx
    jmp 1b

// Something is to be done first: another thread's turn, an upcall, or the end of this thread. The result waits where the frame of a
// system call holds nothing, so that its registers stay as they were when it was made. An upcall leaves another frame there.
3:  mov %rax, FRAME_ERROR(%rsp)
    mov %rdx, FRAME_RCX(%rsp)
    call thread_before_user
    cmpl $VECTOR_SYSTEM_CALL, FRAME_VECTOR(%rsp)
    jne trap_return_to_user
    mov FRAME_ERROR(%rsp), %rax
    mov FRAME_RCX(%rsp), %rdx
    cmpl $0, %gs:PROCESSOR_ATTENTION
    jne 3b
    mov FRAME_INSTRUCTION(%rsp), %rcx
    shr $47, %rcx
    jz 9b

4:  mov %rsp, %rdi
    call trap_bad_return
    jmp trap_return_to_user
system_call_end:

    UNWIND_START
    UNWIND_CALL system_call_framed, system_call_end
