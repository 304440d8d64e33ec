// A point: where a thread waits for one of several links, and what their watches ring.
//
// Rules: it lives on the stack of the thread that waits, which takes it away from all that could ring it before it goes. Ringing takes
// its lock, which may be taken under a link's and a set's; what was rung stays so until it is waited for.
#pragma once

#include "kernel/object/object.h"

struct link_point {
    struct lock lock;
    struct wait_queue queue;
    bool rung; // [lock]
};

static inline void link_point_start(struct link_point *point) {
    point->lock = LOCK_INITIAL(RANK_EVENTS);
    wait_queue_start(&point->queue);
    point->rung = false;
}

static inline void link_point_ring(struct link_point *point) {
    lock_acquire(&point->lock);
    point->rung = true;
    wait_queue_wake_all(&point->queue);
    lock_release(&point->lock);
}

// Sleeps until it is rung, and takes that. `object` is what the wait record names. WOULD_WAIT, TIMED_OUT, INTERRUPTED.
static inline enum status link_point_wait(struct link_point *point, struct object *object, uint64_t deadline) {
    struct wait_for wait = {.object = object, .reason = WAIT_LINKS, .deadline = deadline};
    enum status status = STATUS_OK;
    lock_acquire(&point->lock);
    while (!point->rung && status == STATUS_OK)
        status = wait_queue_sleep(&point->queue, &point->lock, &wait);
    if (point->rung)
        status = STATUS_OK;
    point->rung = false;
    lock_release(&point->lock);
    return status;
}
