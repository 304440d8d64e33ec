# Where the kernel starts a program: rdi holds struct process_start, rsp is aligned. Marks the end of the chain of frames
# for backtraces, by frame pointers and by the unwinding information: nothing called this. Then goes on in C. Destroys everything; does not return.
.cfi_sections .debug_frame
.section .text.start,"ax",@progbits
.globl _start
.type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined %rip
    xorl %ebp, %ebp
    call library_start
    ud2
    .cfi_endproc
.size _start, . - _start
.section .note.GNU-stack,"",@progbits
