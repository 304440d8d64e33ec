// The buddy allocator's arithmetic: free blocks in a list per order, split on the way out and merged on the way in.
#include "kernel/memory/buddy.h"

#include "kernel/base/assert.h"

void buddy_start(struct buddy *buddy, struct frame *frames, uint32_t count) {
    *buddy = (struct buddy){.frames = frames, .count = count};
    for (uint32_t order = 0; order < BUDDY_ORDERS; order++)
        buddy->heads[order] = BUDDY_NONE;
}

static void block_link(struct buddy *buddy, uint32_t index, uint32_t order) {
    struct frame *frame = &buddy->frames[index];
    uint32_t next = buddy->heads[order];
    frame->state = FRAME_FREE;
    frame->order = order & 15;
    frame->next = next;
    frame->previous = BUDDY_NONE;
    if (next != BUDDY_NONE)
        buddy->frames[next].previous = index & BUDDY_NONE;
    buddy->heads[order] = index;
}

static void block_unlink(struct buddy *buddy, uint32_t index) {
    struct frame *frame = &buddy->frames[index];
    if (frame->next != BUDDY_NONE)
        buddy->frames[frame->next].previous = frame->previous;
    if (frame->previous != BUDDY_NONE)
        buddy->frames[frame->previous].next = frame->next;
    else
        buddy->heads[frame->order] = frame->next;
    frame->state = FRAME_INSIDE;
}

bool buddy_take(struct buddy *buddy, uint32_t order, uint32_t *index) {
    uint32_t from = order;
    while (from < BUDDY_ORDERS && buddy->heads[from] == BUDDY_NONE)
        from++;
    if (from >= BUDDY_ORDERS)
        return false;
    uint32_t found = buddy->heads[from];
    block_unlink(buddy, found);
    while (from > order) {
        from--;
        block_link(buddy, found + (1u << from), from);
    }
    struct frame *frame = &buddy->frames[found];
    frame->state = FRAME_USED;
    frame->order = order & 15;
    frame->references = 1;
    buddy->free -= 1u << order;
    *index = found;
    return true;
}

static bool is_free_block(const struct buddy *buddy, uint32_t index, uint32_t order) {
    if (index >= buddy->count)
        return false;
    const struct frame *frame = &buddy->frames[index];
    return frame->state == FRAME_FREE && frame->order == order;
}

void buddy_give(struct buddy *buddy, uint32_t index, uint32_t order) {
    assert_debug(index < buddy->count && (index & ((1u << order) - 1)) == 0);
    assert_debug(buddy->frames[index].state != FRAME_FREE);
    buddy->free += 1u << order;
    buddy->frames[index].state = FRAME_INSIDE;
    while (order < BUDDY_ORDERS - 1 && is_free_block(buddy, index ^ (1u << order), order)) {
        block_unlink(buddy, index ^ (1u << order));
        index &= ~(1u << order);
        order++;
    }
    block_link(buddy, index, order);
}

void buddy_add(struct buddy *buddy, uint32_t first, uint32_t count) {
    uint32_t end = first + count;
    while (first < end) {
        uint32_t order = first == 0 ? BUDDY_ORDERS - 1 : (uint32_t)__builtin_ctz(first);
        if (order > BUDDY_ORDERS - 1)
            order = BUDDY_ORDERS - 1;
        while (order > 0 && end - first < 1u << order)
            order--;
        buddy_give(buddy, first, order);
        first += 1u << order;
    }
}
