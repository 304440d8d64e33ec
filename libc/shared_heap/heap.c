// The owner's side of a shared heap: its memory mapped, its blocks under a lock of its own.
#include <parley/calls.h>
#include <parley/shared_heap.h>
#include <parley/sync.h>
#include <stdlib.h>

#include "libc/shared_heap/blocks.h"
#include "libc/signal/hold.h"

struct shared_heap {
    struct mutex lock;
    struct blocks blocks; // [lock]
    int32_t memory;
    size_t size;
};

static enum status heap_make(int32_t memory, const struct shared_view *view, struct shared_heap **heap) {
    struct blocks plan = {0};
    bool planned = blocks_plan(view->size, &plan); // as shared_view_map did
    struct shared_heap *made = planned ? malloc(sizeof(*made) + plan.count * sizeof(struct block_run)) : NULL;
    if (!made)
        return STATUS_NO_MEMORY;
    *made = (struct shared_heap){.blocks = plan, .memory = memory, .size = view->size};
    made->blocks.shared = view->base;
    made->blocks.runs = (struct block_run *)(made + 1);
    blocks_start(&made->blocks);
    *heap = made;
    return STATUS_OK;
}

enum status shared_heap_adopt(int32_t memory, struct shared_heap **heap) {
    struct shared_view view;
    enum status status = shared_view_map(memory, &view);
    if (status < 0)
        return status;
    status = heap_make(memory, &view, heap);
    if (status < 0)
        shared_view_unmap(&view);
    return status;
}

enum status shared_heap_create(size_t size, struct shared_heap **heap) {
    int32_t memory;
    if (size > SHARED_HEAP_SIZE_MAX)
        return STATUS_TOO_LARGE;
    enum status status = shared_create(size, &memory);
    if (status < 0)
        return status;
    status = shared_heap_adopt(memory, heap);
    if (status < 0)
        number_close(memory);
    return status;
}

void shared_heap_destroy(struct shared_heap *heap) {
    memory_unmap((uint64_t)heap->blocks.shared, heap->size);
    number_close(heap->memory);
    free(heap);
}

int32_t shared_heap_number(const struct shared_heap *heap) {
    return heap->memory;
}

enum status shared_heap_allocate(struct shared_heap *heap, size_t size, bool lent, uint32_t *offset) {
    if (size == 0)
        return STATUS_INVALID_ARGUMENT;
    signals_hold();
    mutex_lock(&heap->lock);
    *offset = blocks_allocate(&heap->blocks, size, lent);
    mutex_unlock(&heap->lock);
    signals_let();
    return *offset != 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status shared_heap_free(struct shared_heap *heap, uint32_t offset) {
    signals_hold();
    mutex_lock(&heap->lock);
    bool freed = blocks_free(&heap->blocks, offset);
    mutex_unlock(&heap->lock);
    signals_let();
    return freed ? STATUS_OK : STATUS_INVALID_ARGUMENT;
}

void shared_heap_reclaim(struct shared_heap *heap) {
    signals_hold();
    mutex_lock(&heap->lock);
    blocks_reclaim(&heap->blocks);
    mutex_unlock(&heap->lock);
    signals_let();
}

void *shared_heap_pointer(const struct shared_heap *heap, uint32_t offset, size_t size) {
    return blocks_contain(&heap->blocks, offset, size) ? heap->blocks.shared + offset : NULL;
}
