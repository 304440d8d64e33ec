// Polling several links at once: each is claimed for the calling thread, looked at, and watched until one rings.
#include "ipc/link.h"
#include "ipc/link_point.h"
#include "kernel/memory/heap.h"
#include "kernel/thread/thread.h"

struct several_watch {
    struct object_watch watch;
    struct link_point *point;
};

struct several {
    struct link_end *const *ends;
    struct link_ready *ready;
    uint32_t count;
};

// ---- claiming ----

static void claims_drop(const struct several *several, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct link_end *end = several->ends[i];
        lock_acquire(&end->link->lock);
        end->poller = 0;
        lock_release(&end->link->lock);
    }
}

static enum status claim(struct link_end *end) {
    const struct thread *self = thread_current();
    enum status status = STATUS_OK;
    lock_acquire(&end->link->lock);
    if (end->poller != 0)
        status = end->poller == self ? STATUS_INVALID_ARGUMENT : STATUS_BUSY;
    else
        end->poller = self;
    lock_release(&end->link->lock);
    return status;
}

static enum status claims_make(const struct several *several) {
    for (uint32_t i = 0; i < several->count; i++) {
        enum status status = claim(several->ends[i]);
        if (status != STATUS_OK) {
            claims_drop(several, i);
            return status;
        }
    }
    return STATUS_OK;
}

// ---- looking ----

static uint32_t look(const struct several *several) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < several->count; i++) {
        struct link_end *end = several->ends[i];
        struct link_ready *ready = &several->ready[i];
        lock_acquire(&end->link->lock);
        bool told = link_tell_locked(end, thread_current(), ready);
        lock_release(&end->link->lock);
        if (!told)
            *ready = (struct link_ready){.number = ready->number, .status = STATUS_WOULD_WAIT};
        found += told;
    }
    return found;
}

// ---- waiting ----

// Called under the link's lock.
static void several_fire(struct object_watch *watch, uint32_t conditions) {
    (void)conditions;
    link_point_ring(((struct several_watch *)watch)->point);
}

static uint32_t wait_round(const struct several *several, struct several_watch *watches, uint64_t deadline,
                           enum status *status) {
    for (uint32_t i = 0; i < several->count; i++)
        object_watch_set(&several->ends[i]->object, &watches[i].watch, WATCH_READABLE | WATCH_CLOSED);
    *status = link_point_wait(watches->point, &several->ends[0]->object, deadline);
    return look(several); // a last time also at the deadline
}

static enum status wait_watched(const struct several *several, struct several_watch *watches, uint64_t deadline,
                                uint32_t *found) {
    struct link_point point;
    enum status status = STATUS_OK;
    link_point_start(&point);
    for (uint32_t i = 0; i < several->count; i++)
        watches[i] = (struct several_watch){.watch = {.fire = several_fire}, .point = &point};
    while (*found == 0 && status == STATUS_OK)
        *found = wait_round(several, watches, deadline, &status);
    for (uint32_t i = 0; i < several->count; i++)
        object_watch_remove(&several->ends[i]->object, &watches[i].watch);
    return *found != 0 ? STATUS_OK : status;
}

static enum status several_wait(const struct several *several, uint64_t deadline, uint32_t *found) {
    struct several_watch *watches = heap_allocate(several->count * sizeof(struct several_watch));
    if (watches == 0)
        return STATUS_NO_MEMORY;
    enum status status = wait_watched(several, watches, deadline, found);
    heap_free(watches);
    return status;
}

enum status link_poll_ends(struct link_end *const *ends, struct link_ready *ready, uint32_t count, uint64_t deadline,
                           uint32_t *found) {
    struct several several = {ends, ready, count};
    enum status status = claims_make(&several);
    if (status != STATUS_OK)
        return status;
    *found = look(&several);
    if (*found == 0)
        status = deadline == DEADLINE_NOW ? STATUS_WOULD_WAIT : several_wait(&several, deadline, found);
    claims_drop(&several, count);
    return status;
}
