// memcpy, memmove and memset by the string instructions, which move eight bytes a step.
//
// C calling convention: rdi, rsi, rdx in; rax the destination; rcx, rsi, rdi destroyed. The direction flag is clear in C code.

    .text

    .global memcpy
    .type memcpy, @function
memcpy:
    mov %rdi, %rax
    mov %rdx, %rcx
    shr $3, %rcx
    rep movsq
    mov %edx, %ecx
    and $7, %ecx
    rep movsb
    ret

    .global memmove
    .type memmove, @function
memmove:
    mov %rdi, %rax
    sub %rsi, %rax
    cmp %rdx, %rax      // unsigned: below when the destination begins inside the source
    jae memcpy
    mov %rdi, %rax
    mov %rdx, %rcx
    lea -1(%rdi, %rdx), %rdi
    lea -1(%rsi, %rdx), %rsi
    std
    rep movsb
    cld
    ret

    .global memset
    .type memset, @function
memset:
    mov %rdi, %r8
    movzbl %sil, %esi
    mov $0x0101010101010101, %rax
    imul %rsi, %rax
    mov %rdx, %rcx
    shr $3, %rcx
    rep stosq
    mov %edx, %ecx
    and $7, %ecx
    rep stosb
    mov %r8, %rax
    ret
