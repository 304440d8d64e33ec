// The processor's registers as GDB numbers them: one table from which the description (XML) and all register packets are made.
//
// Rules: a file of registers says of each whether it is known; one that is not is told as unavailable.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer;

// GDB's order: the core feature first, then SSE, the bases of segments, and our own.
enum register_number {
    REGISTER_RAX,
    REGISTER_RBX,
    REGISTER_RCX,
    REGISTER_RDX,
    REGISTER_RSI,
    REGISTER_RDI,
    REGISTER_RBP,
    REGISTER_RSP,
    REGISTER_R8,
    REGISTER_R15 = REGISTER_R8 + 7,
    REGISTER_RIP,
    REGISTER_FLAGS,
    REGISTER_CS,
    REGISTER_SS,
    REGISTER_DS,
    REGISTER_ES,
    REGISTER_FS,
    REGISTER_GS,
    REGISTER_ST0,
    REGISTER_X87_CONTROL = REGISTER_ST0 + 8,
    REGISTER_X87_LAST = REGISTER_X87_CONTROL + 7,
    REGISTER_XMM0,
    REGISTER_MXCSR = REGISTER_XMM0 + 16,
    REGISTER_FS_BASE,
    REGISTER_GS_BASE,
    REGISTER_GENERAL_COUNT, // those of the packets g and G: what every GDB knows for this processor; others are asked for one by one
    REGISTER_CR0 = REGISTER_GENERAL_COUNT,
    REGISTER_CR2,
    REGISTER_CR3,
    REGISTER_CR4,
    REGISTER_EFER,
    REGISTER_COUNT,
};

enum { REGISTER_SIZE_MAX = 16, REGISTERS_SIZE_MAX = REGISTER_COUNT * REGISTER_SIZE_MAX };

struct register_file {
    uint64_t general[16]; // in GDB's order
    uint64_t instruction;
    uint32_t flags;
    uint32_t segments[6]; // cs ss ds es fs gs
    uint8_t x87[8][10];
    uint32_t x87_control[8]; // control, status, tags, and where the last instruction was
    uint8_t xmm[16][16];
    uint32_t mxcsr;
    uint64_t fs_base, gs_base;
    uint64_t control[5]; // cr0 cr2 cr3 cr4 efer
    bool known[REGISTER_COUNT];
};

// Where a register lies in the file, and its size in bytes (0: there is no such register).
void *register_place(struct register_file *file, uint64_t number, size_t *size);

// Its name; null: there is no such register.
const char *register_name(uint64_t number);

// Says that registers first to last are known.
void registers_know(struct register_file *file, unsigned first, unsigned last);

// The description that GDB asks for.
void registers_describe(struct writer *out);
