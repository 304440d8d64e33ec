// What a process of the host has mapped, for tests to look at.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct memory;
struct object;
struct space;

struct space_mapping {
    uint64_t base, size;
    uint32_t protection, flags, allowed;
    uint32_t caching;      // enum range_caching, of device memory
    struct memory *memory; // null: anonymous, or device memory
    struct object *owner;  // retained: the memory object, or the range
    uint64_t offset;       // into the memory, or the physical address
};

// So many times space_find_gap says a place that something is mapped at, as if another thread had been faster.
extern uint32_t space_gap_is_taken;

// What is mapped at an address; false: nothing.
bool space_mapping_at(struct space *space, uint64_t address, struct space_mapping *what);
