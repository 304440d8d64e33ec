// The other side of a shared heap: its memory mapped, every offset checked.
#include <parley/calls.h>
#include <parley/shared_heap.h>

#include "libc/shared_heap/blocks.h"

enum status shared_view_map(int32_t memory, struct shared_view *view) {
    struct blocks plan;
    size_t size = 0;
    uint64_t base = 0;
    enum status status = shared_size(memory, &size);
    if (status < 0)
        return status;
    if (!blocks_plan(size, &plan))
        return STATUS_INVALID_ARGUMENT;
    status = shared_map(memory, 0, size, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base);
    if (status >= 0)
        *view = (struct shared_view){.base = (uint8_t *)base, .size = size};
    return status;
}

void shared_view_unmap(struct shared_view *view) {
    if (view->base)
        memory_unmap((uint64_t)view->base, view->size);
    *view = (struct shared_view){0};
}

void *shared_view_pointer(const struct shared_view *view, uint32_t offset, size_t size) {
    struct blocks plan;
    if (!view->base || !blocks_plan(view->size, &plan) || !blocks_contain(&plan, offset, size))
        return NULL;
    return view->base + offset;
}

bool shared_view_give_back(const struct shared_view *view, uint32_t offset) {
    struct blocks plan;
    if (!view->base || !blocks_plan(view->size, &plan) || !blocks_can_begin(&plan, offset))
        return false;
    __atomic_store_n(&view->base[offset / SHARED_HEAP_GRANULE], 1, __ATOMIC_RELEASE);
    return true;
}
