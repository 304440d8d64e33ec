// Fix-ups: where the kernel goes on when an instruction that touches user memory faults for good.
//
// Rules: only the user copy routines have entries. A fault at such an instruction is first served like the program's own
// (space_fault, which may sleep); only when that fails does execution go on at `landing`, all registers as they were.
// A resident entry is not served: execution goes on at its landing at once, so that such a copy never sleeps. One at once is
// served unless another program has to bring the page.
// In assembly: FIXUP(label of the instruction, label of the landing), FIXUP_RESIDENT and FIXUP_AT_ONCE the same.
#pragma once

#ifdef __ASSEMBLER__
.macro FIXUP instruction, landing, kind=0
    .pushsection fixups, "a"
    .balign 8
    .quad \instruction, \landing, \kind
    .popsection
.endm
.macro FIXUP_RESIDENT instruction, landing
    FIXUP \instruction, \landing, 1
.endm
.macro FIXUP_AT_ONCE instruction, landing
    FIXUP \instruction, \landing, 2
.endm
#else
#include <stdint.h>

struct fixup {
    uint64_t instruction;
    uint64_t landing;
    uint64_t kind; // enum fixup_kind
};

enum fixup_kind { FIXUP_SERVED, FIXUP_IS_RESIDENT, FIXUP_IS_AT_ONCE };

// The table's bounds, made by the linker.
extern const struct fixup __start_fixups[];
extern const struct fixup __stop_fixups[];

// The entry of an instruction; null: it has none.
const struct fixup *fixup_find(uint64_t instruction);
#endif
