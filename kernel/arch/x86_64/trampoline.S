// Where the other CPUs start: 16 bits, in a page below 1 MiB that this code is copied to; then on like the first CPU.

#include "kernel/arch/x86_64/machine_constants.h"

    .section .rodata
    .code16
    .global trampoline_code, trampoline_code_size
trampoline_code:
    cli
    cld
    mov %cs, %ax
    mov %ax, %ds
    lgdtl trampoline_gdt_pointer - trampoline_code
    mov %cr0, %eax
    or $CR0_PROTECTED, %al
    mov %eax, %cr0
    ljmpl $SELECTOR_BOOT_CODE_32, $trampoline_protected
trampoline_gdt_pointer:
    .word 4 * 8 - 1
    .long boot_gdt
trampoline_code_end:
trampoline_code_size:
    .long trampoline_code_end - trampoline_code

    .section .boot, "ax"
    .code32
trampoline_protected:
    mov $SELECTOR_BOOT_DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $TRAMPOLINE_STACK, %esp
    mov $(boot_table_top - KERNEL_BASE), %edi
    call boot_enter_long_mode
    ljmp $SELECTOR_BOOT_CODE, $trampoline_long
    .code64
trampoline_long:
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    movabs $processor_entry, %rax
    jmp *%rax
