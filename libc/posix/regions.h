// What mmap has mapped: a list of regions, so that munmap and msync know which bytes of which file lie where. Pure but for malloc.
//
// Rules: addresses are page-aligned. Its user has the lock.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct region {
    struct region *next;
    uint64_t base, end;
    uint64_t key;    // of the file's memory (<parley/mapping.h>)
    uint64_t offset; // in the file
    bool written;    // what is written there belongs to the file
};

struct regions {
    struct region *first; // in order of address
};

// False: no memory.
bool regions_add(struct regions *regions, const struct region *region);

// Takes [base, end) out; regions are cut at its bounds. False: no memory for the rest of one, nothing was changed.
bool regions_remove(struct regions *regions, uint64_t base, uint64_t end);

// The first region that ends above `address`; null: none.
const struct region *regions_from(const struct regions *regions, uint64_t address);

// Whether all of [base, end) lies in regions.
bool regions_cover(const struct regions *regions, uint64_t base, uint64_t end);
