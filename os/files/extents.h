// Which parts of a range are free: taken by size (best fit), given back, and joined with their free neighbours.
//
// What is given back by extents_leave is not taken again before extents_settle: until then a change can still be undone, and the bytes that
// lie there are what it goes back to.
// Rules: pure; one thread. Sizes are rounded up to granules. Giving back never fails: whoever takes a part makes the record for it.
#pragma once

#include "kernel/abi/status.h"

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct extent;
RB_HEAD(extent_places, extent);
RB_HEAD(extent_sizes, extent);
SLIST_HEAD(extent_list, extent);

struct extents {
    struct extent_places by_place;
    struct extent_sizes by_size;
    struct extent_list spare;
    struct extent_list left;
    uint64_t granule;
};

// All of [base, base + size) is free; both are multiples of the granule. NO_MEMORY
enum status extents_create(struct extents *extents, uint64_t base, uint64_t size, uint64_t granule);
void extents_destroy(struct extents *extents);

// NO_MEMORY; LIMIT_REACHED: no free part is as large
enum status extents_take(struct extents *extents, uint64_t size, uint64_t *place);

// Takes this part. NO_MEMORY; EXISTS: some of it is not free
enum status extents_claim(struct extents *extents, uint64_t place, uint64_t size);

void extents_leave(struct extents *extents, uint64_t place, uint64_t size);

// All that was left is free; `give_back` (may be null) is told of each part.
void extents_settle(struct extents *extents, void (*give_back)(uint64_t place, uint64_t size));

static inline bool extents_has_left(const struct extents *extents) {
    return !SLIST_EMPTY(&extents->left);
}
