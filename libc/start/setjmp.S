# setjmp and longjmp: rdi holds the jmp_buf, eight words: rbx rbp r12 r13 r14 r15 rsp and the address to return to.
.section .text.setjmp,"ax",@progbits
.globl setjmp
.type setjmp, @function
setjmp:
    movq %rbx, (%rdi)
    movq %rbp, 8(%rdi)
    movq %r12, 16(%rdi)
    movq %r13, 24(%rdi)
    movq %r14, 32(%rdi)
    movq %r15, 40(%rdi)
    leaq 8(%rsp), %rax
    movq %rax, 48(%rdi)
    movq (%rsp), %rax
    movq %rax, 56(%rdi)
    xorl %eax, %eax
    ret
.size setjmp, . - setjmp

# rsi holds what setjmp is to return; 0 becomes 1. Out of the handler of a signal, the upcall ends once the other stack is there:
# before, another upcall could come to where this one stands.
SIGNALS_IN_HANDLER = 48 # in struct thread
PAGE_ACCEPT = 1
UPCALL_STAY = 1
.section .text.longjmp,"ax",@progbits
.globl longjmp
.type longjmp, @function
longjmp:
    movl %esi, %eax
    cmpl $1, %eax
    adcl $0, %eax
    movq (%rdi), %rbx
    movq 8(%rdi), %rbp
    movq 16(%rdi), %r12
    movq 24(%rdi), %r13
    movq 32(%rdi), %r14
    movq 40(%rdi), %r15
    movq 48(%rdi), %rsp
    cmpl $0, %fs:SIGNALS_IN_HANDLER
    jne 1f
    jmpq *56(%rdi)
1:  movl $0, %fs:SIGNALS_IN_HANDLER
    pushq 56(%rdi)
    pushq %rax
    movl $PAGE_ACCEPT, %edi
    movl $UPCALL_STAY, %esi
    call upcall_return
    popq %rax
    ret
.size longjmp, . - longjmp
.section .note.GNU-stack,"",@progbits
