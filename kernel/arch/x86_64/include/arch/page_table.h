// Page tables: the hardware's side of an address space. Host tests that need one have a header of the same name.
//
// Rules: called under the space's lock, but page_table_load. A page is a 4 KiB leaf with flags; a *held* page keeps its frame
// but cannot be touched (PROTECTION_NONE). What clears or tightens an entry does not flush: the caller does, once, before
// it lets go of the frames.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"
#include "kernel/base/assert.h"

struct account;

// The processor's own bits, but EXECUTABLE, which it has the other way round.
enum page_flag {
    PAGE_WRITABLE = 1 << 1,
    PAGE_WRITE_COMBINING = 1 << 3, // PAT entry 1, which kernel_map_enable makes that
    PAGE_UNCACHED = 1 << 4,
    PAGE_NO_FRAME = 1 << 9,   // device memory: there is no frame to release
    PAGE_OF_MEMORY = 1 << 10, // the frame belongs to a memory object, which its account is charged for
    PAGE_HELD = 1 << 11,      // no access
    PAGE_EXECUTABLE = 1 << 12,
    PAGE_MARKS = 16, // of a cleared page: from this bit on its marks
};

// Marks of pages that were sent (kernel/memory/pages.h); the processor does not look at them.
enum page_mark {
    MARK_COPY = 1 << 0,   // the frame may have other holders: the first write makes a copy; not writable
    MARK_FIXED = 1 << 1,  // never writable, whatever the area allows
    MARK_SHARED = 1 << 2, // others write to the frame, or see what is written to it
    MARK_UNPAID = 1 << 3, // its area paid for it
    MARK_GONE = 1 << 4,   // no frame: the page was sent away
    MARK_AWAY = 1 << 5,   // no frame: the page lies in the swap area, and its index is where the frame's would be
    MARK_ALL = (1 << 6) - 1,
};

struct page_table {
    uint64_t root;           // physical
    uint32_t active;         // [a] bit per CPU that has it loaded
    struct account *account; // charged for tables
    uint64_t recent_span;    // the leaf table that was used last: address / what it covers; NO_SPAN: none,
    uint64_t *recent;        // and it
};

#define PAGE_TABLE_NO_SPAN UINT64_MAX // no address lies there

// Pages that were cleared: what is to be released once they are flushed.
enum { PAGE_BATCH = 64 };

struct page_cleared {
    uint64_t physical;
    uint32_t flags;
};

struct page_batch {
    uint32_t count;
    struct page_cleared pages[PAGE_BATCH];
};

// LIMIT_REACHED, NO_MEMORY.
enum status page_table_create(struct page_table *table, struct account *account);
// Walks it, the kernel's half and the alias too: whether no page is both writable and executable. (Where the processor can
// forbid execution at all.)
bool page_table_is_sound(const struct page_table *table);

// Frees the tables; all pages were cleared. Waits for CPUs that have it loaded still: they are about to leave it.
void page_table_destroy(struct page_table *table);

// A user page's entry in the leaf table that was used last; null: its entry is not there.
static inline uint64_t *page_table_slot_recent(struct page_table *table, uint64_t address) {
    if (__builtin_expect(address >> (PAGE_SHIFT + 9) != table->recent_span, 0))
        return 0;
    uint64_t *slot = &table->recent[address >> PAGE_SHIFT & 511];
    __builtin_assume(slot != 0);
    return slot;
}

// As page_table_slot, for a page whose leaf table is not the recent one.
enum status page_table_slot_make(struct page_table *table, uint64_t address, uint64_t **slot);

// The place of a user page's entry; its tables are made. It stays until page_table_prune. NO_MEMORY, LIMIT_REACHED.
static inline enum status page_table_slot(struct page_table *table, uint64_t address, uint64_t **slot) {
    *slot = page_table_slot_recent(table, address);
    return *slot != 0 ? STATUS_OK : page_table_slot_make(table, address, slot);
}

// How many slots follow in the same table, this one included.
static inline uint32_t page_slot_run(uint64_t address) {
    return 512 - (address >> PAGE_SHIFT & 511);
}

static inline bool page_slot_is_empty(const uint64_t *slot) {
    return *slot == 0;
}

// What the slot holds; it is not empty. EXECUTABLE is not told.
static inline uint64_t page_slot_physical(const uint64_t *slot) {
    return *slot & UINT64_C(0x000ffffffffff000);
}

static inline uint32_t page_slot_marks(const uint64_t *slot) {
    return *slot >> 52 & MARK_ALL;
}

static inline bool page_slot_is_marked(const uint64_t *slot) {
    return (*slot & (uint64_t)MARK_ALL << 52) != 0;
}

static inline uint32_t page_slot_flags(const uint64_t *slot) {
    return *slot & (PAGE_WRITABLE | PAGE_NO_FRAME | PAGE_OF_MEMORY | PAGE_HELD);
}

// The bit that forbids execution, where the processor has it, else 0. Set by kernel_map_start.
extern uint64_t page_no_execute;

// The processor's bits for page flags, but that of user pages.
static inline uint64_t page_bits(uint32_t flags) {
    uint64_t bits = flags & (PAGE_EXECUTABLE - 1);
    if (!(flags & PAGE_HELD))
        bits |= 1; // present
    return flags & PAGE_EXECUTABLE ? bits : bits | page_no_execute;
}

// Sets the entry. WRITABLE together with EXECUTABLE is a kernel mistake (asserted).
static inline void page_slot_fill(uint64_t *slot, uint64_t physical, uint32_t flags) {
    const uint32_t both = PAGE_WRITABLE | PAGE_EXECUTABLE;
    assert((flags & both) != both);
    __atomic_store_n(slot, physical | page_bits(flags) | 4, __ATOMIC_RELEASE); // a user page
}

// As page_slot_fill, with marks. One that is GONE has no frame and no flags.
static inline void page_slot_fill_marked(uint64_t *slot, uint64_t physical, uint32_t flags, uint32_t marks) {
    const uint32_t both = PAGE_WRITABLE | PAGE_EXECUTABLE;
    assert((flags & both) != both);
    __atomic_store_n(slot, physical | page_bits(flags) | 4 | (uint64_t)marks << 52, __ATOMIC_RELEASE);
}

// `marks`: what is to be remembered of the page: MARK_UNPAID.
static inline void page_slot_set_gone(uint64_t *slot, uint32_t marks) {
    __atomic_store_n(slot, PAGE_NO_FRAME | PAGE_HELD | (uint64_t)(MARK_GONE | marks) << 52, __ATOMIC_RELEASE);
}

// The page lies in the swap area.
static inline void page_slot_set_away(uint64_t *slot, uint64_t index) {
    uint64_t entry = index << PAGE_SHIFT | PAGE_NO_FRAME | PAGE_HELD | (uint64_t)MARK_AWAY << 52;
    __atomic_store_n(slot, entry, __ATOMIC_RELEASE);
}

// Empties it, without a flush.
static inline void page_slot_clear(uint64_t *slot) {
    __atomic_store_n(slot, 0, __ATOMIC_RELEASE);
}

// The entry of a page whose tables are there; null: they are not.
uint64_t *page_table_slot_look(struct page_table *table, uint64_t address);

static inline uint64_t *page_table_slot_if_there(struct page_table *table, uint64_t address) {
    uint64_t *slot = page_table_slot_recent(table, address);
    return slot != 0 ? slot : page_table_slot_look(table, address);
}

// Whether the processor lets a program do this already.
static inline bool page_slot_allows(const uint64_t *slot, bool write, bool execute) {
    return (*slot & 1) != 0 && (!write || (*slot & 2) != 0) && (!execute || (int64_t)*slot >= 0);
}

// Clears entries from `address` on, noting each in `batch`, until that is full, `end` is reached, or enough was looked
// through. Returns where to go on; `end`: all are cleared.
uint64_t page_table_clear(struct page_table *table, uint64_t address, uint64_t end, struct page_batch *batch);

// Gives all pages in the range new WRITABLE, EXECUTABLE and HELD flags; those OF_MEMORY stay read-only with `keep_shared`
// (they are copied when first written). At most one table's worth: returns where to go on.
uint64_t page_table_protect(struct page_table *table, uint64_t address, uint64_t end, uint32_t flags, bool keep_shared);

// Looks for a page of a space's own that was not touched since it was looked at last, and notes for each that it passes that it
// was looked at. At most one table's worth: returns where to go on; *slot: the entry of what was found, which lies right before that,
// or null. Flushes what it noted.
uint64_t page_table_find_idle(struct page_table *table, uint64_t address, uint64_t end, uint64_t **slot);

// Frees the tables that lie wholly within a range where nothing is mapped; flushes before it does.
void page_table_prune(struct page_table *table, uint64_t address, uint64_t end);

// Makes all CPUs that have the table loaded forget the range; returns when they have. Null: the kernel's half, on all CPUs.
void page_table_flush(struct page_table *table, uint64_t address, uint64_t end);

// Serves another CPU's flush request where there is one. From its interrupt and from machine_relax; no lock, any context.
void page_table_flush_serve(void);

// Loads it on this CPU (null: the kernel's own table). Little work where it is loaded already.
void page_table_load(struct page_table *table);
