// The only instructions that touch a program's memory. Each has a fix-up: a fault that cannot be served ends the copy.
//
// C calling convention; see kernel/memory/user.h. Words of eight bytes by the string instruction, and the rest by one move that overlaps
// them: what the caller then sees is one reading of each byte, the last.
#include "kernel/arch/x86_64/fixup.h"
#include "kernel/arch/x86_64/smap.h"

    .set USER_HIGHEST, 0x00007ffffffff000
    .set STATUS_BAD_ADDRESS, -2
    .set STATUS_WOULD_WAIT, -16

    .text

// The two copies, in and out: `in`, `out` are their names, `fixup` what is done where a page is missing, and `missing` the status then.
.macro COPIES in, out, fixup, missing
    .global \in
    .type \in, @function
\in:
    mov %rsi, %rax
    jmp copy\@

    .global \out
    .type \out, @function
\out:
    mov %rdi, %rax

// rax: the user address, rdi: to, rsi: from, rdx: size. Destroys rcx too.
copy\@:
    add %rdx, %rax
    jc refused
    movabs $USER_HIGHEST, %rcx
    cmp %rcx, %rax
    ja refused
    USER_OPEN
    cmp $8, %rdx
    jb copy_short\@
    mov %rdx, %rcx
    shr $3, %rcx
1:  rep movsq
    and $7, %edx
    jz copied\@
2:  mov -8(%rsi, %rdx), %rax
3:  mov %rax, -8(%rdi, %rdx)
copied\@:
    USER_CLOSE
    xor %eax, %eax
    ret

copy_short\@:
    cmp $4, %edx
    jb copy_bytes\@
4:  mov (%rsi), %eax
5:  mov -4(%rsi, %rdx), %ecx
6:  mov %eax, (%rdi)
7:  mov %ecx, -4(%rdi, %rdx)
    jmp copied\@

copy_bytes\@:
    test %edx, %edx
    jz copied\@
8:  movzbl (%rsi), %eax
9:  mov %al, (%rdi)
    inc %rsi
    inc %rdi
    dec %edx
    jmp copy_bytes\@

faulted\@:
    USER_CLOSE
    mov $\missing, %eax
    ret

    \fixup 1b, faulted\@
    \fixup 2b, faulted\@
    \fixup 3b, faulted\@
    \fixup 4b, faulted\@
    \fixup 5b, faulted\@
    \fixup 6b, faulted\@
    \fixup 7b, faulted\@
    \fixup 8b, faulted\@
    \fixup 9b, faulted\@
.endm

// enum status user_copy_in(void *to, struct user_address from, size_t size)
// enum status user_copy_out(struct user_address to, const void *from, size_t size)
    COPIES user_copy_in, user_copy_out, FIXUP, STATUS_BAD_ADDRESS

// The same, as _at_once.
    COPIES user_copy_in_at_once, user_copy_out_at_once, FIXUP_AT_ONCE, STATUS_WOULD_WAIT

copied:
    USER_CLOSE
    xor %eax, %eax
    ret
faulted:
    USER_CLOSE
refused:
    mov $STATUS_BAD_ADDRESS, %eax
    ret

// enum status user_copy_out_resident(struct user_address to, const void *from, size_t size)
    .global user_copy_out_resident
    .type user_copy_out_resident, @function
user_copy_out_resident:
    lea (%rdi, %rdx), %rax
    movabs $USER_HIGHEST, %rcx
    cmp %rcx, %rax              // the size is a few bytes: no wrap-around that a look at both ends would miss
    ja refused
    cmp %rcx, %rdi
    ja refused
    mov %edx, %ecx
    shr $3, %ecx
    USER_OPEN
1:  rep movsq
    test $4, %dl
    jz copied
    mov (%rsi), %eax
2:  mov %eax, (%rdi)
    jmp copied
    FIXUP_RESIDENT 1b, faulted
    FIXUP_RESIDENT 2b, faulted

// Whole words. The size is small: no wrap-around that a look at both ends would miss.
.macro COPY_WORDS user_address
    lea (\user_address, %rdx), %rax
    movabs $USER_HIGHEST, %rcx
    cmp %rcx, %rax
    ja refused
    cmp %rcx, \user_address
    ja refused
    mov %edx, %ecx
    shr $3, %ecx
    USER_OPEN
1:  rep movsq
    USER_CLOSE
    xor %eax, %eax
    ret
    FIXUP 1b, faulted
.endm

// enum status user_copy_in_words(void *to, struct user_address from, size_t size)
    .global user_copy_in_words
    .type user_copy_in_words, @function
user_copy_in_words:
    COPY_WORDS %rsi

// enum status user_copy_out_words(struct user_address to, const void *from, size_t size)
    .global user_copy_out_words
    .type user_copy_out_words, @function
user_copy_out_words:
    COPY_WORDS %rdi

// enum status user_copy_in_32(void *to, struct user_address from)
    .global user_copy_in_32
    .type user_copy_in_32, @function
user_copy_in_32:
    movabs $USER_HIGHEST - 32, %rcx
    cmp %rcx, %rsi
    ja refused
    USER_OPEN
1:  mov (%rsi), %rax
2:  mov 8(%rsi), %rcx
3:  mov 16(%rsi), %rdx
4:  mov 24(%rsi), %rsi
    USER_CLOSE
    mov %rax, (%rdi)
    mov %rcx, 8(%rdi)
    mov %rdx, 16(%rdi)
    mov %rsi, 24(%rdi)
    xor %eax, %eax
    ret
    FIXUP 1b, faulted
    FIXUP 2b, faulted
    FIXUP 3b, faulted
    FIXUP 4b, faulted

// enum status user_copy_out_32(struct user_address to, const void *from)
    .global user_copy_out_32
    .type user_copy_out_32, @function
user_copy_out_32:
    movabs $USER_HIGHEST - 32, %rcx
    cmp %rcx, %rdi
    ja refused
    mov (%rsi), %rax
    mov 8(%rsi), %rcx
    mov 16(%rsi), %rdx
    mov 24(%rsi), %rsi
    USER_OPEN
1:  mov %rax, (%rdi)
2:  mov %rcx, 8(%rdi)
3:  mov %rdx, 16(%rdi)
4:  mov %rsi, 24(%rdi)
    USER_CLOSE
    xor %eax, %eax
    ret
    FIXUP 1b, faulted
    FIXUP 2b, faulted
    FIXUP 3b, faulted
    FIXUP 4b, faulted

// enum status user_read_word(struct user_address address, uint32_t *word)
    .global user_read_word
    .type user_read_word, @function
user_read_word:
    movabs $USER_HIGHEST - 4, %rcx
    cmp %rcx, %rdi
    ja refused
    USER_OPEN
1:  mov (%rdi), %eax
    USER_CLOSE
    mov %eax, (%rsi)
    xor %eax, %eax
    ret
    FIXUP_RESIDENT 1b, faulted

// enum status user_write_word(struct user_address address, uint32_t word)
    .global user_write_word
    .type user_write_word, @function
user_write_word:
    movabs $USER_HIGHEST - 4, %rcx
    cmp %rcx, %rdi
    ja refused
    USER_OPEN
1:  mov %esi, (%rdi)
    USER_CLOSE
    xor %eax, %eax
    ret
    FIXUP 1b, faulted

    .section .note.GNU-stack, "", @progbits
