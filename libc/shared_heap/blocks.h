// The blocks of a shared heap: which granules are taken, in the owner's own memory. Pure; the caller has the lock.
//
// `runs` has an entry per granule; that of a run's first granule says the run: its length, whether it is taken, and lent.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block_run {
    uint32_t length : 30; // granules
    uint32_t taken : 1;
    uint32_t lent : 1; // the other side may give it back
};

struct blocks {
    uint32_t first, count;  // granules of the memory: those before `first` hold the bytes of giving back
    uint8_t *shared;        // the memory, which the other side writes too
    struct block_run *runs; // [count]
};

// How the memory is divided: false: too small or too large.
bool blocks_plan(size_t size, struct blocks *blocks);

// All free. `shared` and `runs` are set.
void blocks_start(struct blocks *blocks);

// An offset, or 0: no room.
uint32_t blocks_allocate(struct blocks *blocks, size_t size, bool lent);

// False: no block begins there, or it is lent.
bool blocks_free(struct blocks *blocks, uint32_t offset);

// Frees all that is lent.
void blocks_reclaim(struct blocks *blocks);

// Whether these bytes lie within the blocks' part, and whether a block can begin there.
bool blocks_contain(const struct blocks *blocks, uint32_t offset, size_t size);
bool blocks_can_begin(const struct blocks *blocks, uint32_t offset);
