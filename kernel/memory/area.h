// An area: one stretch of an address space that is mapped in one way; and the tree of a space's areas, in order of address.
//
// Rules: pure bookkeeping: allocates nothing and takes no lock (the space's is held). Areas do not overlap; a guard is a page beside an
// area where nothing else may be. Addresses and sizes are multiples of PAGE_SIZE.
#pragma once

#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/memory.h"

struct memory;
struct object;

enum area_kind {
    AREA_ANONYMOUS, // zeroed pages of its own
    AREA_SHARED,    // the pages of a memory object
    AREA_COPY,      // the pages of a memory object until written; then its own
    AREA_DEVICE,    // device memory
    AREA_WINDOW,    // pages that others sent; paid for from the start
    AREA_KIND_COUNT,
};

enum area_guard { GUARD_BEFORE = 1 << 0, GUARD_AFTER = 1 << 1 };

struct area {
    RB_ENTRY(area) link;
    uint64_t base, end;
    uint8_t kind;          // enum area_kind
    uint8_t guards;        // enum area_guard
    uint8_t protection;    // enum protection, now
    uint8_t allowed;       // what it may be changed to
    uint32_t caching;      // AREA_DEVICE: enum range_caching
    struct memory *memory; // AREA_SHARED, AREA_COPY: a reference
    struct object *owner;  // AREA_DEVICE: a reference
    uint64_t offset;       // into the memory; AREA_DEVICE: physical address
};

RB_HEAD(area_tree, area);

// What a new area needs: its bounds with its own guards.
static inline uint64_t area_outer_base(const struct area *area) {
    return area->base - (area->guards & GUARD_BEFORE ? PAGE_SIZE : 0);
}

static inline uint64_t area_outer_end(const struct area *area) {
    return area->end + (area->guards & GUARD_AFTER ? PAGE_SIZE : 0);
}

// The area that holds the address; null: none.
struct area *area_find(struct area_tree *tree, uint64_t address);

// The first area that ends above the address; null: none.
struct area *area_from(struct area_tree *tree, uint64_t address);

// The last area that starts below the address; null: none.
struct area *area_below(struct area_tree *tree, uint64_t address);

struct area *area_after(struct area *area);

// Puts an area into the tree unless it, or a guard of its, meets another area, or it meets another's guard: then false.
bool area_insert(struct area_tree *tree, struct area *area);

// The same at the lowest place within [from, limit), which is written into the area; its size is kept. False: there is none.
bool area_insert_lowest(struct area_tree *tree, struct area *area, uint64_t from, uint64_t limit);

void area_remove(struct area_tree *tree, struct area *area);

// Moves the start up to `address`, which lies within.
void area_trim_front(struct area *area, uint64_t address);

// Makes `upper` the part from `address` on, which lies within, and puts it into the tree. References are the caller's to take.
void area_split(struct area_tree *tree, struct area *area, uint64_t address, struct area *upper);
