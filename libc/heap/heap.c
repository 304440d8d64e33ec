// Blocks of the heap: taking, splitting, freeing and joining them, and the regions that they lie in.
#include "libc/heap/block.h"

bool block_size_for(size_t wanted, size_t *size) {
    if (__builtin_add_overflow(wanted, sizeof(size_t) + HEAP_ALIGNMENT - 1, size))
        return false;
    *size &= ~(size_t)(HEAP_ALIGNMENT - 1);
    if (*size < BLOCK_LEAST)
        *size = BLOCK_LEAST;
    return true;
}

static struct heap_block *region_add(struct heap *heap, size_t size) {
    size_t need;
    if (__builtin_add_overflow(size, REGION_OVERHEAD + 4095, &need) || need > SIZE_MAX / 2)
        return NULL;
    size_t region_size = need < HEAP_REGION_SIZE ? HEAP_REGION_SIZE : need & ~(size_t)4095;
    struct heap_block *block = heap_region_map(region_size);
    if (!block)
        return NULL;
    size_t body = region_size - REGION_OVERHEAD;
    block->before = region_size;
    block->header = body | BLOCK_BEFORE_USED | BLOCK_FIRST;
    block_at(block, body)->header = BLOCK_USED;
    free_list_insert(heap, block);
    heap->regions++;
    return block;
}

static struct heap_block *join_neighbours(struct heap *heap, struct heap_block *block) {
    size_t size = block_size(block);
    struct heap_block *after = block_at(block, size);
    if (!(after->header & BLOCK_USED)) {
        free_list_remove(heap, after);
        size += block_size(after);
    }
    if (!(block->header & BLOCK_BEFORE_USED)) {
        size += block->before;
        block = (struct heap_block *)((char *)block - block->before);
        free_list_remove(heap, block);
    }
    block->header = size | BLOCK_BEFORE_USED | (block->header & BLOCK_FIRST);
    return block;
}

static bool is_whole_region(struct heap_block *block) {
    return (block->header & BLOCK_FIRST) && block_size(block_at(block, block_size(block))) == 0;
}

// Puts a block on its list, joined with free neighbours. A region that is wholly free goes back, but for one.
static void block_release(struct heap *heap, struct heap_block *block) {
    block = join_neighbours(heap, block);
    bool is_whole = is_whole_region(block);
    if (is_whole && (heap->kept || block->before > HEAP_REGION_SIZE)) {
        heap->regions--;
        heap_region_unmap(block, block->before);
        return;
    }
    free_list_insert(heap, block);
    if (is_whole)
        heap->kept = block;
}

void block_trim(struct heap *heap, struct heap_block *block, size_t size) {
    size_t whole = block_size(block);
    if (whole - size < BLOCK_LEAST)
        return;
    struct heap_block *rest = block_at(block, size);
    block->header = size | (block->header & BLOCK_FLAGS);
    rest->header = (whole - size) | BLOCK_USED | BLOCK_BEFORE_USED;
    block_release(heap, rest);
}

void *heap_allocate(struct heap *heap, size_t wanted) {
    size_t size;
    if (!block_size_for(wanted, &size))
        return NULL;
    struct heap_block *block = free_list_find(heap, size);
    if (!block)
        block = region_add(heap, size);
    if (!block)
        return NULL;
    free_list_remove(heap, block);
    if (block == heap->kept)
        heap->kept = NULL;
    block->header |= BLOCK_USED;
    block_at(block, block_size(block))->header |= BLOCK_BEFORE_USED;
    block_trim(heap, block, size);
    return payload_of(block);
}

void heap_free(struct heap *heap, void *pointer) {
    if (!pointer)
        return;
    struct heap_block *block = block_of(pointer);
    bool is_aligned = (uintptr_t)pointer % HEAP_ALIGNMENT == 0;
    if (!is_aligned || !(block->header & BLOCK_USED) || block_size(block) < BLOCK_LEAST)
        heap_fail("freed twice or never allocated\n");
    if (!(block_at(block, block_size(block))->header & BLOCK_BEFORE_USED))
        heap_fail("written to beyond its end\n");
    block->header &= ~(size_t)BLOCK_USED;
    block_release(heap, block);
}
