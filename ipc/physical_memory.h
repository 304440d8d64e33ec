// Physical ranges: device memory and I/O ports as objects, made from the machine's number alone. (R-B10)
// Source: seeds/002, "Shared memory" (drivers); DESIGN "The IPC designs" 1.
//
// A range never covers memory or ports that the kernel manages, and no two live ranges overlap. Mappings are never executable
// and hold the range; ports are taken away when its last number is closed. No driver here masters a bus (R-B11: there is no DMA yet; the one
// who adds it adds the pinning).
#pragma once

#include "kernel/abi/memory.h"
#include "kernel/object/object.h"

struct range {
    struct object object;
    LIST_ENTRY(range) live_link; // [ranges_lock]
    uint32_t kind;               // [I] enum range_kind
    uint64_t base, size;         // [I]
};

static inline uint64_t range_end(const struct range *range) {
    return range->base + range->size;
}

extern const struct object_type range_type;

struct range_plan {
    uint32_t kind;
    uint64_t base, size;
};

// INVALID_ARGUMENT (kind, alignment, beyond the end), DENIED (the kernel's), BUSY (another range), LIMIT_REACHED, NO_MEMORY.
struct account;
enum status range_make(struct account *account, const struct range_plan *plan, struct range **range);
