// Fix-ups: where the kernel goes on when an instruction that touches user memory faults for good.
//
// Rules: only the user copy routines have entries. A fault at such an instruction is first served like the program's own
// (space_fault, which may sleep); only when that fails does execution go on at `landing`, all registers as they were.
// In assembly: FIXUP(label of the instruction, label of the landing).
#pragma once

#ifdef __ASSEMBLER__
.macro FIXUP instruction, landing
    .pushsection fixups, "a"
    .balign 8
    .quad \instruction, \landing
    .popsection
.endm
#else
#include <stdint.h>

struct fixup {
    uint64_t instruction;
    uint64_t landing;
};

// The table's bounds, made by the linker.
extern const struct fixup __start_fixups[];
extern const struct fixup __stop_fixups[];

// Where to go on after a fault at `instruction`; 0: it has no entry.
uint64_t fixup_find(uint64_t instruction);
#endif
