// The processor's page-table entry: its bits, and how our page flags are told by them. Used by the page-table files alone.
#pragma once

#include <arch/alias.h>
#include <arch/page_table.h>

enum { TABLE_ENTRIES = 512, TABLE_LEVELS = 4, USER_ROOT_ENTRIES = 256 };

#define ENTRY_PRESENT UINT64_C(0x001)
#define ENTRY_WRITABLE UINT64_C(0x002)
#define ENTRY_USER UINT64_C(0x004)
#define ENTRY_WRITE_COMBINING UINT64_C(0x008) // PAT entry 1, which kernel_map_enable sets to write combining
#define ENTRY_UNCACHED UINT64_C(0x010)
#define ENTRY_LARGE UINT64_C(0x080)
#define ENTRY_NO_FRAME UINT64_C(0x200)  // ours, as the next two
#define ENTRY_OF_MEMORY UINT64_C(0x400)
#define ENTRY_HELD UINT64_C(0x800)      // instead of PRESENT
#define ENTRY_NO_EXECUTE (UINT64_C(1) << 63)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)

// ENTRY_NO_EXECUTE where the processor has it, else 0. Set by kernel_map_start.
extern uint64_t entry_no_execute;

static inline uint64_t *entry_table(uint64_t entry) {
    return alias_pointer(entry & ENTRY_ADDRESS);
}

// Which entry of a table of `level` (0: leaf tables) an address goes through.
static inline uint32_t entry_index(uint64_t address, uint32_t level) {
    return address >> (PAGE_SHIFT + 9 * level) & (TABLE_ENTRIES - 1);
}

// The first address behind what one entry of `level` covers.
static inline uint64_t entry_end(uint64_t address, uint32_t level) {
    uint64_t span = UINT64_C(1) << (PAGE_SHIFT + 9 * level);
    return (address & ~(span - 1)) + span;
}

// The bits of a leaf entry, but address and ENTRY_USER.
uint64_t entry_bits(uint32_t flags);
