// Blocks of the heap that change their size in place, and blocks with a wished alignment.
#include <string.h>

#include "libc/heap/block.h"

size_t heap_usable_size(const void *pointer) {
    return pointer ? block_size(block_of(pointer)) - sizeof(size_t) : 0;
}

// Takes the free block behind into this one; false where there is none, or it is too small.
static bool block_extend(struct heap *heap, struct heap_block *block, size_t size) {
    size_t whole = block_size(block);
    struct heap_block *after = block_at(block, whole);
    if ((after->header & BLOCK_USED) || whole + block_size(after) < size)
        return false;
    free_list_remove(heap, after);
    whole += block_size(after);
    block->header = whole | (block->header & BLOCK_FLAGS);
    block_at(block, whole)->header |= BLOCK_BEFORE_USED;
    return true;
}

void *heap_resize(struct heap *heap, void *pointer, size_t wanted) {
    size_t size;
    if (!pointer)
        return heap_allocate(heap, wanted);
    if (!block_size_for(wanted, &size))
        return NULL;
    struct heap_block *block = block_of(pointer);
    if (size <= block_size(block) || block_extend(heap, block, size)) {
        block_trim(heap, block, size);
        return pointer;
    }
    void *copy = heap_allocate(heap, wanted);
    if (!copy)
        return NULL;
    memcpy(copy, pointer, block_size(block) - sizeof(size_t));
    heap_free(heap, pointer);
    return copy;
}

// Cuts the front of a larger block off, so that what remains starts aligned.
void *heap_allocate_aligned(struct heap *heap, size_t alignment, size_t wanted) {
    size_t size, room;
    if (alignment <= HEAP_ALIGNMENT)
        return heap_allocate(heap, wanted);
    if (!block_size_for(wanted, &size) || __builtin_add_overflow(size, alignment + BLOCK_LEAST, &room))
        return NULL;
    char *pointer = heap_allocate(heap, room);
    if (!pointer || (uintptr_t)pointer % alignment == 0)
        return pointer;
    char *aligned = (char *)(((uintptr_t)pointer + BLOCK_LEAST + alignment - 1) & ~(uintptr_t)(alignment - 1));
    struct heap_block *front = block_of(pointer), *back = block_of(aligned);
    size_t cut = (size_t)(aligned - pointer);
    back->header = (block_size(front) - cut) | BLOCK_USED | BLOCK_BEFORE_USED;
    front->header = cut | (front->header & BLOCK_FLAGS);
    heap_free(heap, pointer);
    block_trim(heap, back, size);
    return aligned;
}
