// The blocks of a shared heap: first fit over runs of granules; free neighbours become one when they are passed.
#include "libc/shared_heap/blocks.h"

#include <parley/shared_heap.h>
#include <string.h>

enum { GRANULE = SHARED_HEAP_GRANULE };

bool blocks_plan(size_t size, struct blocks *blocks) {
    if (size > SHARED_HEAP_SIZE_MAX)
        return false;
    blocks->count = (uint32_t)(size / GRANULE);
    blocks->first = (blocks->count + GRANULE - 1) / GRANULE;
    return blocks->count > blocks->first;
}

void blocks_start(struct blocks *blocks) {
    memset(blocks->runs, 0, blocks->count * sizeof(blocks->runs[0]));
    blocks->runs[blocks->first] = (struct block_run){.length = (blocks->count - blocks->first) & 0x3fffffff};
}

// The other side's word that it is done with a block: read once, and only for blocks that it was lent.
static void take_back(struct blocks *blocks, uint32_t at) {
    struct block_run *run = &blocks->runs[at];
    if (run->lent && __atomic_exchange_n(&blocks->shared[at], 0, __ATOMIC_ACQUIRE) != 0)
        run->taken = run->lent = 0;
}

// Makes one of a free run and the free ones behind it.
static void merge(struct blocks *blocks, uint32_t at) {
    struct block_run *run = &blocks->runs[at];
    for (uint32_t next = at + run->length; next < blocks->count; next = at + run->length) {
        take_back(blocks, next);
        if (blocks->runs[next].taken)
            return;
        run->length += blocks->runs[next].length;
        blocks->runs[next].length = 0;
    }
}

static void split(struct blocks *blocks, uint32_t at, uint32_t length) {
    struct block_run *run = &blocks->runs[at];
    if (run->length > length)
        blocks->runs[at + length] = (struct block_run){.length = run->length - length};
    run->length = length;
}

uint32_t blocks_allocate(struct blocks *blocks, size_t size, bool lent) {
    if (size == 0 || size > (size_t)blocks->count * GRANULE)
        return 0;
    uint32_t length = (uint32_t)((size + GRANULE - 1) / GRANULE);
    for (uint32_t at = blocks->first; at < blocks->count; at += blocks->runs[at].length) {
        take_back(blocks, at);
        if (blocks->runs[at].taken)
            continue;
        if (blocks->runs[at].length < length)
            merge(blocks, at);
        if (blocks->runs[at].length < length)
            continue;
        split(blocks, at, length);
        blocks->runs[at].taken = 1;
        blocks->runs[at].lent = lent;
        if (lent)
            __atomic_store_n(&blocks->shared[at], 0, __ATOMIC_RELAXED);
        return at * GRANULE;
    }
    return 0;
}

bool blocks_free(struct blocks *blocks, uint32_t offset) {
    uint32_t at = offset / GRANULE;
    if (!blocks_can_begin(blocks, offset) || blocks->runs[at].length == 0 || !blocks->runs[at].taken ||
        blocks->runs[at].lent)
        return false;
    blocks->runs[at].taken = 0;
    return true;
}

void blocks_reclaim(struct blocks *blocks) {
    for (uint32_t at = blocks->first; at < blocks->count; at += blocks->runs[at].length)
        if (blocks->runs[at].lent)
            blocks->runs[at].taken = blocks->runs[at].lent = 0;
}

bool blocks_contain(const struct blocks *blocks, uint32_t offset, size_t size) {
    uint64_t start = (uint64_t)blocks->first * GRANULE, end = (uint64_t)blocks->count * GRANULE;
    return offset >= start && offset <= end && size <= end - offset;
}

bool blocks_can_begin(const struct blocks *blocks, uint32_t offset) {
    return offset % GRANULE == 0 && blocks_contain(blocks, offset, GRANULE);
}
