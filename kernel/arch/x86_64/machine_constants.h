// Constants of the processor and the PC that assembly needs as well as C: numbers only, no types.
#pragma once

#define KERNEL_BASE 0xffffffff80000000

// Control registers.
#define CR0_PROTECTED (1 << 0)
#define CR0_COPROCESSOR (1 << 1)
#define CR0_EXTENSION (1 << 4)
#define CR0_NUMERIC_ERROR (1 << 5)
#define CR0_WRITE_PROTECT (1 << 16)
#define CR0_PAGING (1 << 31)
#define CR4_PHYSICAL_EXTENSION (1 << 5)
#define CR4_MACHINE_CHECK (1 << 6)
#define CR4_GLOBAL_PAGES (1 << 7)
#define CR4_FXSAVE (1 << 9)
#define CR4_SIMD_EXCEPTIONS (1 << 10)
#define CR4_UMIP (1 << 11)
#define CR4_XSAVE (1 << 18)
#define CR4_SMEP (1 << 20)
#define CR4_SMAP (1 << 21)

// Model-specific registers.
#define MSR_APIC_BASE 0x1b
#define MSR_PAGE_ATTRIBUTES 0x277
#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LONG_STAR 0xc0000082
#define MSR_FLAG_MASK 0xc0000084
#define MSR_FS_BASE 0xc0000100
#define MSR_GS_BASE 0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define EFER_SYSTEM_CALL (1 << 0)
#define EFER_LONG_MODE (1 << 8)
#define EFER_NO_EXECUTE (1 << 11)

// Flags.
#define FLAG_ALWAYS (1 << 1)
#define FLAG_TRAP (1 << 8)
#define FLAG_INTERRUPT (1 << 9)
#define FLAG_DIRECTION (1 << 10)
#define FLAG_NESTED (1 << 14)
#define FLAG_ALIGNMENT (1 << 18)

// Page table entries.
#define BOOT_ENTRY_PRESENT (1 << 0)
#define BOOT_ENTRY_WRITE (1 << 1)
#define BOOT_ENTRY_LARGE (1 << 7)

// The boot loader's descriptors are left for these; enum selector (arch/cpu.h) has those that stay.
#define SELECTOR_BOOT_CODE 0x08
#define SELECTOR_BOOT_DATA 0x10
#define SELECTOR_BOOT_CODE_32 0x18

// The first serial port (16550).
#define SERIAL_PORT 0x3f8
#define SERIAL_LINE_STATUS 5
#define SERIAL_CAN_SEND 0x20

// Vectors.
#define VECTOR_DEBUG 1
#define VECTOR_NMI 2
#define VECTOR_BREAKPOINT 3
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_GENERAL_PROTECTION 13
#define VECTOR_PAGE_FAULT 14
#define VECTOR_MACHINE_CHECK 18
#define VECTOR_EXCEPTIONS 32
#define VECTOR_LINES 48
#define VECTOR_TIMER 240
#define VECTOR_RESCHEDULE 241
#define VECTOR_FLUSH 242
#define VECTOR_SYSTEM_CALL 256
#define VECTOR_UPCALL 257
#define VECTOR_SPURIOUS 255
#define VECTOR_COUNT 256

// Offsets that assembly uses; checked in offsets.c.
#define PROCESSOR_SELF 0
#define PROCESSOR_CURRENT 8
#define PROCESSOR_KERNEL_STACK 16
#define PROCESSOR_USER_STACK 24
#define PROCESSOR_ATTENTION 32
#define FRAME_RDX 88
#define FRAME_RCX 96
#define FRAME_RAX 112
#define FRAME_VECTOR 120
#define FRAME_ERROR 128
#define FRAME_INSTRUCTION 136
#define FRAME_CODE_SEGMENT 144
#define FRAME_FLAGS 152
#define FRAME_STACK 160
#define FRAME_SIZE 176

// Checked in offsets.c against the C definitions.
#define SELECTOR_KERNEL_CODE_NUMBER 0x08
#define SELECTOR_KERNEL_DATA_NUMBER 0x10
#define SELECTOR_USER_DATA_NUMBER 0x1b
#define SELECTOR_USER_CODE_NUMBER 0x23
#define CALL_TABLE_SIZE 192
#define STATUS_NO_CALL_NUMBER -19
#define KERNEL_STACK_BYTES 0x4000

// The page of low memory that the other CPUs start in, and the end of the stack they have for a moment.
#define TRAMPOLINE_PAGE 0x8000
#define TRAMPOLINE_STACK 0x9000
