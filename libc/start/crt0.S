# Where the kernel starts a program: rdi holds struct process_start, rsp is aligned. Marks the end of the chain of frames
# for backtraces, then goes on in C. Destroys everything; does not return.
.section .text.start,"ax",@progbits
.globl _start
.type _start, @function
_start:
    xorl %ebp, %ebp
    call library_start
    ud2
.size _start, . - _start
.section .note.GNU-stack,"",@progbits
