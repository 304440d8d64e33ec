// The heap's lists of free blocks, one per size class, and the bitmap that says which are empty.
#include "libc/heap/block.h"

enum {
    SMALL_LIMIT = 1024,
    SMALL_LOG = 10,
    SMALL_CLASSES = SMALL_LIMIT / HEAP_ALIGNMENT,
    STEPS_LOG = 3, // classes to a power of two, as a power of two
    LAST_CLASS = HEAP_CLASS_COUNT - 1,
};

static unsigned int log_of(size_t size) {
    return 63 - (unsigned int)__builtin_clzll(size);
}

// The class that a free block of this size is kept in.
static unsigned int class_of(size_t size) {
    if (size < SMALL_LIMIT)
        return (unsigned int)(size / HEAP_ALIGNMENT);
    unsigned int log = log_of(size);
    unsigned int step = (unsigned int)(size >> (log - STEPS_LOG)) & ((1 << STEPS_LOG) - 1);
    unsigned int index = SMALL_CLASSES + ((log - SMALL_LOG) << STEPS_LOG) + step;
    return index < LAST_CLASS ? index : LAST_CLASS;
}

// The first class all of whose blocks are large enough; the last one promises nothing and is searched.
static unsigned int class_for(size_t size) {
    if (size < SMALL_LIMIT)
        return (unsigned int)(size / HEAP_ALIGNMENT);
    size_t round = ((size_t)1 << (log_of(size) - STEPS_LOG)) - 1;
    return size > SIZE_MAX - round ? LAST_CLASS : class_of(size + round);
}

void free_list_insert(struct heap *heap, struct heap_block *block) {
    size_t size = block_size(block);
    unsigned int index = class_of(size);
    block->next = heap->free[index];
    block->previous = NULL;
    if (block->next)
        block->next->previous = block;
    heap->free[index] = block;
    heap->filled[index / 64] |= UINT64_C(1) << (index % 64);
    block->header &= ~(size_t)BLOCK_USED;
    block_at(block, size)->before = size;
    block_at(block, size)->header &= ~(size_t)BLOCK_BEFORE_USED;
}

void free_list_remove(struct heap *heap, struct heap_block *block) {
    unsigned int index = class_of(block_size(block));
    if (block->next)
        block->next->previous = block->previous;
    if (block->previous)
        block->previous->next = block->next;
    else
        heap->free[index] = block->next;
    if (!heap->free[index])
        heap->filled[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

static struct heap_block *find_in_last(struct heap *heap, size_t size) {
    struct heap_block *block = heap->free[LAST_CLASS];
    while (block && block_size(block) < size)
        block = block->next;
    return block;
}

struct heap_block *free_list_find(struct heap *heap, size_t size) {
    unsigned int index = class_for(size);
    uint64_t word = heap->filled[index / 64] & (UINT64_MAX << (index % 64));
    for (unsigned int i = index / 64; !word; word = heap->filled[i])
        if (++i == HEAP_CLASS_COUNT / 64)
            return NULL;
        else
            index = i * 64;
    index = (index & ~63u) + (unsigned int)__builtin_ctzll(word);
    return index == LAST_CLASS ? find_in_last(heap, size) : heap->free[index];
}
