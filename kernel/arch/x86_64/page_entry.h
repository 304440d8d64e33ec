// The processor's page-table entry: its bits, and how our page flags are told by them. Used by the page-table files alone.
#pragma once

#include <arch/alias.h>
#include <arch/page_table.h>

enum { TABLE_ENTRIES = 512, TABLE_LEVELS = 4, USER_ROOT_ENTRIES = 256 };

#define ENTRY_PRESENT UINT64_C(0x001) // not with PAGE_HELD
#define ENTRY_WRITABLE UINT64_C(0x002)
#define ENTRY_USER UINT64_C(0x004)
#define ENTRY_ACCESSED UINT64_C(0x020)
#define ENTRY_LARGE UINT64_C(0x080)
#define ENTRY_NO_EXECUTE (UINT64_C(1) << 63)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)
#define ENTRY_MARKS_SHIFT 52        // enum page_mark
#define ENTRY_FLAGS UINT64_C(0xe1a) // the bits that are enum page_flag's

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

// Which leaf table an address goes through, of all that there can be.
static inline uint64_t entry_span(uint64_t address) {
    return address >> (PAGE_SHIFT + 9);
}
