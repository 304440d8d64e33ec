# Where an upcall begins (kernel/abi/page.h): rax holds the handler, its arguments are in their registers, rsp is a multiple of 16. Calls
# it and hands its result back; the kernel restores every register of what was interrupted. Does not return.
.cfi_sections .debug_frame
.section .text.upcall_begin,"ax",@progbits
.globl upcall_begin
.type upcall_begin, @function
upcall_begin:
    .cfi_startproc
    .cfi_undefined %rip
    xorl %ebp, %ebp
    call *%rax
    movq %rax, %rdi
    xorl %esi, %esi
    call upcall_return
    ud2
    .cfi_endproc
.size upcall_begin, . - upcall_begin
.section .note.GNU-stack,"",@progbits
