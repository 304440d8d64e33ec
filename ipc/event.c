// The event queue: notices raised by the kernel, looked at and taken by the process's threads.
//
// Looking and taking are two steps because between them the event is copied to the program without a lock: an event that could
// not be copied stays pending. Two threads may look at the same event; `version` lets one of them take it.
//
//      thread A                        thread B
//      look: event 1, version 7        look: event 1, version 7
//      copy out                        copy out
//      take: version 7 -> 8, OK        take: version is 8: BUSY, looks again
#include "ipc/event.h"

#include "ipc/event_post.h"
#include "kernel/base/assert.h"
#include "kernel/base/clock.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"

static struct event_queue *queue_of_target(struct notice_target *target) {
    return (struct event_queue *)((char *)target - offsetof(struct event_queue, target));
}

// ---- entries; the queue's lock is held ----

static bool type_tells_count(uint32_t type) {
    return type == EVENT_INTERRUPT || type == EVENT_TIMER;
}

static uint32_t add_saturating(uint32_t a, uint32_t b) {
    uint32_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT32_MAX : sum;
}

void event_queue_append_locked(struct event_queue *queue, struct notice *notice) {
    notice->time = clock_now();
    notice->queued = true;
    TAILQ_INSERT_TAIL(&queue->pending, notice, link);
    queue->pending_count++;
    if (!wait_queue_is_empty(&queue->object.waiters))
        wait_queue_wake(&queue->object.waiters, 1);
}

static void entry_remove(struct event_queue *queue, struct notice *notice) {
    TAILQ_REMOVE(&queue->pending, notice, link);
    notice->queued = false;
    queue->pending_count--;
    queue->version++;
}

// Repeats coalesce: the newest event, the first time, the count of all.
static void entry_merge(struct event_queue *queue, struct notice *notice, const EVENT *event, uint32_t count) {
    notice->event = *event;
    notice->count = add_saturating(notice->count, count);
    queue->version++;
}

// ---- the notice target ----

// How often a timer or an interrupt went off comes in Data2, and is told in Data2 again.
static void queue_raise(struct notice_target *target, struct notice *notice, const EVENT *event) {
    struct event_queue *queue = queue_of_target(target);
    uint32_t count = type_tells_count(event->Type) ? event->Data2 : 1;
    lock_acquire(&queue->object.lock);
    if (notice->queued) {
        entry_merge(queue, notice, event, count);
    } else if (!queue->closed) {
        if (notice->owner != 0)
            object_retain(notice->owner);
        notice->event = *event;
        notice->count = count;
        event_queue_append_locked(queue, notice);
    }
    lock_release(&queue->object.lock);
}

static void queue_cancel(struct notice_target *target, struct notice *notice) {
    struct event_queue *queue = queue_of_target(target);
    lock_acquire(&queue->object.lock);
    bool queued = notice->queued;
    if (queued)
        entry_remove(queue, notice);
    lock_release(&queue->object.lock);
    if (queued && notice->owner != 0)
        object_release(notice->owner);
}

static void queue_retain(struct notice_target *target) {
    object_retain(&queue_of_target(target)->object);
}

static void queue_release(struct notice_target *target) {
    object_release(&queue_of_target(target)->object);
}

// ---- waiting and taking ----

enum status event_queue_wait(struct event_queue *queue, uint64_t deadline) {
    enum status status = STATUS_OK;
    struct wait_for wait = {.object = &queue->object, .reason = WAIT_EVENT, .deadline = deadline};
    lock_acquire(&queue->object.lock);
    if (TAILQ_EMPTY(&queue->pending))
        status = wait_queue_sleep(&queue->object.waiters, &queue->object.lock, &wait);
    lock_release(&queue->object.lock);
    return status;
}

static void look_fill(struct event_look *look, const struct notice *notice) {
    look->event = notice->event;
    if (type_tells_count(notice->event.Type))
        look->event.Data2 = notice->count;
    look->takes = notice->take != 0;
    look->source = (struct event_source){
        .process = notice->process,
        .user = notice->user,
        .object = notice->object,
        .time = notice->time,
        .count = notice->count,
    };
}

enum status event_queue_look(struct event_queue *queue, struct event_look *look) {
    lock_acquire(&queue->object.lock);
    struct notice *notice = TAILQ_FIRST(&queue->pending);
    if (notice != 0) {
        look_fill(look, notice);
        look->version = queue->version;
    }
    lock_release(&queue->object.lock);
    if (notice != 0)
        return STATUS_OK;
    *look = (struct event_look){.event.Type = NOTHING};
    return STATUS_NOTHING;
}

// `take` refused: the notice goes back to the front, unless it was raised again meanwhile.
static void notice_put_back(struct event_queue *queue, struct notice *notice, uint32_t count) {
    lock_acquire(&queue->object.lock);
    bool back = !notice->queued && !queue->closed;
    if (back) {
        TAILQ_INSERT_HEAD(&queue->pending, notice, link);
        notice->queued = true;
        queue->pending_count++;
        wait_queue_wake(&queue->object.waiters, 1);
    } else if (notice->queued) {
        notice->count = add_saturating(notice->count, count);
    }
    queue->version++;
    lock_release(&queue->object.lock);
    if (!back)
        object_release(notice->owner);
}

// The notice is off the queue; its owner reference is ours.
static enum status notice_finish(struct event_queue *queue, struct notice *notice, struct event_look *look,
                                 struct process *taker) {
    struct object *owner = notice->owner;
    enum status status = STATUS_OK;
    if (look->takes) {
        assert_debug(owner != 0);
        status = notice->take(notice, taker, &look->event);
        if (status != STATUS_OK) {
            notice_put_back(queue, notice, look->source.count);
            return status;
        }
    }
    object_release(owner);
    return status;
}

enum status event_queue_take(struct event_queue *queue, struct event_look *look, struct process *taker) {
    lock_acquire(&queue->object.lock);
    struct notice *notice = TAILQ_FIRST(&queue->pending);
    if (notice == 0 || queue->version != look->version) {
        lock_release(&queue->object.lock);
        return STATUS_BUSY;
    }
    entry_remove(queue, notice);
    queue->object.operations++;
    struct account *charged = 0;
    if (notice->target == 0)
        charged = event_post_free_locked(queue, (struct event_post *)notice);
    bool owned = charged == 0 && notice->owner != 0;
    lock_release(&queue->object.lock);
    // From here on a notice without owner may be gone: it belongs to a source that never waits for us.
    if (charged != 0)
        event_post_discharge(charged);
    return owned ? notice_finish(queue, notice, look, taker) : STATUS_OK;
}

// ---- the object ----

static void queue_destroy(struct object *object) {
    struct event_queue *queue = (struct event_queue *)object;
    assert(TAILQ_EMPTY(&queue->pending));
    while (queue->chunks != 0) {
        struct event_chunk *chunk = queue->chunks;
        queue->chunks = chunk->next;
        heap_free(chunk);
    }
}

static void queue_describe(struct object *object, struct writer *out) {
    struct event_queue *queue = (struct event_queue *)object;
    lock_acquire(&object->lock);
    uint32_t pending = queue->pending_count, posts = queue->post_count, refused = queue->overflow.count;
    uint32_t first = pending > 0 ? TAILQ_FIRST(&queue->pending)->event.Type : NOTHING;
    bool closed = queue->closed;
    lock_release(&object->lock);
    writer_format(out, "pending: %u\nof other processes: %u of %u\n", pending, posts, EVENT_QUEUE_CAPACITY);
    writer_format(out, "first type: %u\nrefused: %u\nclosed: %s\n", first, refused, closed ? "yes" : "no");
}

// Anything may raise an event, so who waits for one waits for nobody in particular; room is made by the owner.
static void queue_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    if (reason != WAIT_EVENT_ROOM)
        return;
    edges->count = 1;
    edges->processes[0] = object->account->process;
}

const struct object_type event_queue_type = {
    .name = "events",
    .kind = OBJECT_EVENT_QUEUE,
    .size = sizeof(struct event_queue),
    .lock_rank = RANK_EVENTS,
    .destroy = queue_destroy,
    .describe = queue_describe,
    .wait_edges = queue_edges,
};

// ---- what each process has ----

static enum status event_process_created(struct process *process) {
    struct object *object;
    enum status status = object_create(&event_queue_type, process->account, process->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct event_queue *queue = (struct event_queue *)object;
    TAILQ_INIT(&queue->pending);
    wait_queue_start(&queue->room);
    queue->target = (struct notice_target){
        .raise = queue_raise,
        .cancel = queue_cancel,
        .retain = queue_retain,
        .release = queue_release,
    };
    queue->overflow.target = &queue->target; // no reference: it is a part of the queue
    process->attachments[ATTACHMENT_EVENTS] = queue;
    process->notice_target = &queue->target;
    return STATUS_OK;
}

// Takes the first entry off a closed queue and lets go of what it held. False: there is none.
static bool queue_drop_first(struct event_queue *queue) {
    struct object *owner = 0;
    struct account *charged = 0;
    lock_acquire(&queue->object.lock);
    struct notice *notice = TAILQ_FIRST(&queue->pending);
    if (notice != 0) {
        entry_remove(queue, notice);
        owner = notice->owner;
        if (notice->target == 0)
            charged = event_post_free_locked(queue, (struct event_post *)notice);
    }
    lock_release(&queue->object.lock);
    if (charged != 0)
        event_post_discharge(charged);
    else if (owner != 0)
        object_release(owner);
    return notice != 0;
}

static void event_process_ended(struct process *process) {
    struct event_queue *queue = event_queue_of(process);
    lock_acquire(&queue->object.lock);
    queue->closed = true;
    wait_queue_wake_all(&queue->object.waiters);
    wait_queue_wake_all(&queue->room);
    lock_release(&queue->object.lock);
    while (queue_drop_first(queue))
        continue;
}

static void event_process_freed(struct process *process) {
    struct event_queue *queue = event_queue_of(process);
    if (queue != 0)
        object_release(&queue->object);
}

SUBSYSTEM(event_subsystem) = {
    .name = "events",
    .process_created = event_process_created,
    .process_ended = event_process_ended,
    .process_freed = event_process_freed,
};
