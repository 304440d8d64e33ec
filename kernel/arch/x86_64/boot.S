// From the boot loader to the kernel's first C function: Multiboot header, 32-bit start, first page tables, long mode.
//
// The loader leaves: protected mode without paging, eax the magic, ebx the information's physical address. What lacks is said
// on the first serial port. Entered by the first CPU alone; the others come by trampoline.S to processor_entry.

#include "kernel/arch/x86_64/machine_constants.h"

// ---- Multiboot 1 header: modules page-aligned, memory map, and a linear framebuffer if there can be one ----
    .section .multiboot, "a"
    .balign 4
    .long 0x1badb002
    .long 0x00000007
    .long -(0x1badb002 + 0x00000007)
    .long 0, 0, 0, 0, 0         // addresses: those of the ELF headers
    .long 0                     // linear graphics
    .long 1024, 768, 32

// ---- 32 bits, at physical addresses ----
    .section .boot, "ax"
    .code32
    .global boot_entry
boot_entry:
    cli
    cld
    mov $(boot_stack_end - KERNEL_BASE), %esp
    mov %eax, %esi              // magic and information are kept in esi and ebx
    call boot_check_processor
    call boot_make_tables
    mov $(boot_table_top - KERNEL_BASE), %edi
    call boot_enter_long_mode
    lgdt boot_gdt_pointer
    ljmp $SELECTOR_BOOT_CODE, $boot_long

// Says what the processor lacks, if it is none that can run the kernel. Destroys eax, ecx, edx, edi.
boot_check_processor:
    pushf
    pop %eax
    mov %eax, %ecx
    xor $(1 << 21), %eax        // the ID flag can be changed where there is CPUID
    push %eax
    popf
    pushf
    pop %eax
    mov $boot_no_cpuid, %edi
    cmp %eax, %ecx
    je boot_fail
    push %ebx
    mov $0x80000000, %eax
    cpuid
    mov $boot_no_long_mode, %edi
    cmp $0x80000001, %eax
    jb boot_fail
    mov $0x80000001, %eax
    cpuid
    test $(1 << 29), %edx
    jz boot_fail
    mov $boot_no_syscall, %edi
    test $(1 << 11), %edx
    jz boot_fail
    pop %ebx
    ret

// Writes the text at edi to the first serial port and halts.
boot_fail:
    movb (%edi), %cl
    test %cl, %cl
    jz 2f
    mov $(SERIAL_PORT + SERIAL_LINE_STATUS), %dx
1:  inb %dx, %al
    test $SERIAL_CAN_SEND, %al
    jz 1b
    mov %cl, %al
    mov $SERIAL_PORT, %dx
    outb %al, %dx
    inc %edi
    jmp boot_fail
2:  hlt
    jmp 2b

boot_no_cpuid:
    .asciz "Parley: this processor has no CPUID instruction; an x86-64 processor is needed\r\n"
boot_no_long_mode:
    .asciz "Parley: this processor has no long mode; an x86-64 processor is needed\r\n"
boot_no_syscall:
    .asciz "Parley: this processor has no syscall instruction; an x86-64 processor is needed\r\n"

// The first tables: 4 GiB of physical memory at 0 and at the alias (there without execution, where the processor can
// forbid it), the first of them also at KERNEL_BASE. Destroys eax, ecx, edx, edi.
boot_make_tables:
    xor %ecx, %ecx
    mov $(BOOT_ENTRY_PRESENT | BOOT_ENTRY_WRITE | BOOT_ENTRY_LARGE), %eax
1:  mov %eax, (boot_table_low - KERNEL_BASE)(, %ecx, 8)
    add $0x200000, %eax
    inc %ecx
    cmp $(4 * 512), %ecx
    jb 1b
    xor %ecx, %ecx
    mov $(boot_table_low - KERNEL_BASE + BOOT_ENTRY_PRESENT + BOOT_ENTRY_WRITE), %eax
2:  mov %eax, (boot_table_identity - KERNEL_BASE)(, %ecx, 8)
    mov %eax, (boot_table_alias - KERNEL_BASE)(, %ecx, 8)
    add $0x1000, %eax
    inc %ecx
    cmp $4, %ecx
    jb 2b
    movl $(boot_table_low - KERNEL_BASE + BOOT_ENTRY_PRESENT + BOOT_ENTRY_WRITE), boot_table_kernel - KERNEL_BASE + 510 * 8
    movl $(boot_table_identity - KERNEL_BASE + BOOT_ENTRY_PRESENT + BOOT_ENTRY_WRITE), boot_table_top - KERNEL_BASE
    movl $(boot_table_alias - KERNEL_BASE + BOOT_ENTRY_PRESENT + BOOT_ENTRY_WRITE), boot_table_top - KERNEL_BASE + 256 * 8
    movl $(boot_table_kernel - KERNEL_BASE + BOOT_ENTRY_PRESENT + BOOT_ENTRY_WRITE), boot_table_top - KERNEL_BASE + 511 * 8
    push %ebx
    mov $0x80000001, %eax
    cpuid
    pop %ebx
    test $(1 << 20), %edx
    jz 3f
    orl $(1 << 31), boot_table_top - KERNEL_BASE + 256 * 8 + 4
3:  ret

// Switches paging and long mode on with the tables at edi; the 64-bit code segment is the caller's to load.
// Used by trampoline.S too. Destroys eax, ecx, edx; ebx and esi are kept.
    .global boot_enter_long_mode
boot_enter_long_mode:
    mov %cr4, %eax
    or $(CR4_PHYSICAL_EXTENSION | CR4_FXSAVE | CR4_SIMD_EXCEPTIONS), %eax
    mov %eax, %cr4
    mov %edi, %cr3
    mov $0x80000001, %eax
    push %ebx
    cpuid
    pop %ebx
    mov %edx, %edi
    mov $MSR_EFER, %ecx
    rdmsr
    or $(EFER_LONG_MODE | EFER_SYSTEM_CALL), %eax
    test $(1 << 20), %edi
    jz 1f
    or $EFER_NO_EXECUTE, %eax
1:  wrmsr
    mov $(CR0_PROTECTED | CR0_COPROCESSOR | CR0_EXTENSION | CR0_NUMERIC_ERROR | CR0_WRITE_PROTECT | CR0_PAGING), %eax
    mov %eax, %cr0
    ret

    .balign 8
    .global boot_gdt
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff    // 64-bit code
    .quad 0x00cf93000000ffff    // data
    .quad 0x00cf9b000000ffff    // 32-bit code, for the trampoline
boot_gdt_end:
    .global boot_gdt_pointer
boot_gdt_pointer:
    .word boot_gdt_end - boot_gdt - 1
    .long boot_gdt

    .code64
boot_long:
    movabs $boot_high, %rax
    jmp *%rax

// ---- 64 bits, at the kernel's addresses ----
    .text
boot_high:
    mov $SELECTOR_BOOT_DATA, %eax
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov $boot_stack_end, %rsp
    xor %ebp, %ebp
    mov %esi, %edi              // kernel_main(magic, information)
    mov %ebx, %esi
    call kernel_main
    ud2

// Where the trampoline leaves the other CPUs: on the boot tables, 64 bits. Their stack is in the kernel's own tables alone.
    .global processor_entry
processor_entry:
    mov processor_boot_root, %rax
    mov %rax, %cr3
    mov processor_boot_stack, %rsp
    mov processor_boot_index, %edi
    xor %ebp, %ebp
    call processor_start
    ud2

    .bss
    .balign 4096
    .global boot_table_top
boot_table_top:      .skip 4096
boot_table_identity: .skip 4096
boot_table_alias:    .skip 4096
boot_table_kernel:   .skip 4096
boot_table_low:      .skip 4 * 4096
    .global boot_stack, boot_stack_end
boot_stack:          .skip 16384
boot_stack_end:
