// The inside of the heap: what a block looks like, and the lists of free ones. For libc/heap alone.
//
// A block starts with its header: size and flags; the size counts the header. The word in front of the header belongs to
// the block before it, and holds that one's size while it is free. Two free blocks never touch. A region starts with a
// block that has BLOCK_FIRST (its word in front holds the region's size) and ends with a used block of size 0.
#pragma once

#include <stdbool.h>

#include "libc/heap/heap.h"

struct heap_block {
    size_t before;
    size_t header;
    struct heap_block *next; // from here on payload: only a free block has the links
    struct heap_block *previous;
};

enum {
    BLOCK_USED = 1,
    BLOCK_BEFORE_USED = 2,
    BLOCK_FIRST = 4,
    BLOCK_FLAGS = 15,
    BLOCK_LEAST = sizeof(struct heap_block),
    PAYLOAD_OFFSET = offsetof(struct heap_block, next),
    REGION_OVERHEAD = PAYLOAD_OFFSET + HEAP_ALIGNMENT,
};

static inline size_t block_size(const struct heap_block *block) {
    return block->header & ~(size_t)BLOCK_FLAGS;
}

static inline struct heap_block *block_at(void *base, size_t offset) {
    return (struct heap_block *)((char *)base + offset);
}

static inline struct heap_block *block_of(const void *pointer) {
    return (struct heap_block *)((uintptr_t)pointer - PAYLOAD_OFFSET);
}

static inline void *payload_of(struct heap_block *block) {
    return (char *)block + PAYLOAD_OFFSET;
}

// Turns a caller's size into a block's; false where it overflows.
bool block_size_for(size_t wanted, size_t *size);

// The lists: a block on them is marked free, also towards its neighbour behind.
void free_list_insert(struct heap *heap, struct heap_block *block);
void free_list_remove(struct heap *heap, struct heap_block *block);
struct heap_block *free_list_find(struct heap *heap, size_t size); // null: none is as large

// Gives what lies beyond `size` of a used block back to the heap.
void block_trim(struct heap *heap, struct heap_block *block, size_t size);
