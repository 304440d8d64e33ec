// Fix-ups: where the kernel goes on when an instruction that touches user memory faults for good.
//
// Rules: only the user copy routines have entries. A fault at such an instruction is first served like the program's own
// (space_fault, which may sleep); only when that fails does execution go on at `landing`, all registers as they were.
// A resident entry is not served: execution goes on at its landing at once, so that such a copy never sleeps.
// In assembly: FIXUP(label of the instruction, label of the landing), FIXUP_RESIDENT the same.
#pragma once

#ifdef __ASSEMBLER__
.macro FIXUP instruction, landing, resident=0
    .pushsection fixups, "a"
    .balign 8
    .quad \instruction, \landing, \resident
    .popsection
.endm
.macro FIXUP_RESIDENT instruction, landing
    FIXUP \instruction, \landing, 1
.endm
#else
#include <stdint.h>

struct fixup {
    uint64_t instruction;
    uint64_t landing;
    uint64_t resident; // the page must be there
};

// The table's bounds, made by the linker.
extern const struct fixup __start_fixups[];
extern const struct fixup __stop_fixups[];

// The entry of an instruction; null: it has none.
const struct fixup *fixup_find(uint64_t instruction);
#endif
