// The event queue: notices raised by the kernel, taken by the process's threads.
//
// An event is copied to the program under the queue's lock, which only works where the program's page is there: so taking
// it and having copied it are one step, and an event that could not be copied stays pending. Where the page is not there yet
// it is made without the lock, and all begins anew.
#include "ipc/event.h"

#include "ipc/event_post.h"
#include "kernel/base/assert.h"
#include "kernel/base/clock.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/object/trace.h"
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

__attribute__((noinline)) void event_queue_wake_locked(struct event_queue *queue) {
    wait_queue_wake_one(&queue->object.waiters);
}

void event_queue_put_back_locked(struct event_queue *queue, struct notice *notice) {
    TAILQ_INSERT_HEAD(&queue->pending, notice, link);
    notice->queued = true;
    event_queue_wake_locked(queue);
}

static void entry_remove(struct event_queue *queue, struct notice *notice) {
    TAILQ_REMOVE(&queue->pending, notice, link);
    notice->queued = false;
}

// Repeats coalesce: the newest event, the first time, the count of all.
static void entry_merge(struct event_queue *queue, struct notice *notice, const EVENT *event, uint32_t count) {
    notice->event = *event;
    notice->count = add_saturating(notice->count, count);
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
        trace(.operation = TRACE_EVENT_RAISED, .object = &queue->object, .peer = queue->object.account->process,
              .id = event->Type, .size = sizeof(EVENT), .by_kernel = true);
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
    struct wait_for wait = {.object = &queue->object, .reason = WAIT_EVENT, .deadline = deadline};
    struct wait_manner manner = {.queue = &queue->object.waiters};
    lock_acquire(&queue->object.lock);
    bool is_empty = TAILQ_EMPTY(&queue->pending);
    if (is_empty && deadline != DEADLINE_NOW)
        return wait_sleep(&queue->object.lock, &wait, &manner);
    lock_release(&queue->object.lock);
    return is_empty ? STATUS_WOULD_WAIT : STATUS_OK;
}

// What the program sees of a notice.
struct told {
    EVENT event;
    struct event_source source;
};

static void source_fill(struct event_source *source, const struct notice *notice) {
    *source = (struct event_source){
        .process = notice->process,
        .user = notice->user,
        .object = notice->object,
        .time = clock_at(notice->time),
        .count = notice->count,
    };
}

// Where the program wants what it is told; `source` may be null.
struct told_to {
    struct user_address event, source;
};

static void told_fill(struct told *told, const struct notice *notice, const struct told_to *to) {
    told->event = notice->event;
    if (type_tells_count(notice->event.Type))
        told->event.Data2 = notice->count;
    if (to->source.value != 0)
        source_fill(&told->source, notice);
}

// Under the lock: fails where the pages are not there. An event that is told as it stands is copied from where it stands.
static enum status told_copy_resident(struct told *told, const struct notice *notice, const struct told_to *to) {
    const EVENT *event = &notice->event;
    if (type_tells_count(event->Type)) {
        told->event = *event;
        told->event.Data2 = notice->count;
        event = &told->event;
    }
    enum status status = user_copy_out_resident(to->event, event, sizeof(EVENT));
    if (status == STATUS_OK && to->source.value != 0) {
        source_fill(&told->source, notice);
        status = user_copy_out_resident(to->source, &told->source, sizeof(struct event_source));
    }
    return status;
}

static enum status told_copy(const struct told *told, const struct told_to *to) {
    enum status status = user_copy_out(to->event, &told->event, sizeof(EVENT));
    if (status == STATUS_OK && to->source.value != 0)
        status = user_copy_out(to->source, &told->source, sizeof(struct event_source));
    return status;
}

static enum status tell_nothing(const struct told_to *to) {
    static const struct told nothing = {.event.Type = NOTHING};
    enum status status = told_copy(&nothing, to);
    return status == STATUS_OK ? STATUS_NOTHING : status;
}

// `take` refused: the notice goes back to the front, unless it was raised again meanwhile.
static void notice_put_back(struct event_queue *queue, struct notice *notice, uint32_t count) {
    lock_acquire(&queue->object.lock);
    bool back = !notice->queued && !queue->closed;
    if (back) {
        event_queue_put_back_locked(queue, notice);
    } else if (notice->queued) {
        notice->count = add_saturating(notice->count, count);
    }
    lock_release(&queue->object.lock);
    if (!back)
        object_release(notice->owner);
}

// The notice is off the queue; its owner reference is ours. `take` may change the event: it is copied once more.
static enum status notice_finish(struct event_queue *queue, struct notice *notice, struct process *taker,
                                 struct user_address event) {
    struct object *owner = notice->owner;
    if (notice->take != 0) {
        EVENT changed = notice->event;
        uint32_t count = notice->count;
        enum status status = notice->take(notice, taker, &changed);
        if (status != STATUS_OK) {
            notice_put_back(queue, notice, count);
            return status;
        }
        (void)user_copy_out(event, &changed, sizeof(EVENT)); // it was just written to
    }
    object_release(owner);
    return STATUS_OK;
}

// The first entry was copied to the program: takes it off, and lets go of the lock.
static enum status entry_take(struct event_queue *queue, struct notice *notice, struct process *taker,
                              struct user_address event) {
    event_queue_remove_first_locked(queue, notice);
    queue->object.operations++;
    struct account *charged = 0;
    if (notice->target == 0)
        charged = event_post_free_locked(queue, (struct event_post *)notice);
    bool owned = charged == 0 && notice->owner != 0;
    lock_release(&queue->object.lock);
    // From here on a notice without owner may be gone: it belongs to a source that never waits for us.
    if (charged != 0)
        event_post_discharge(charged);
    return owned ? notice_finish(queue, notice, taker, event) : STATUS_OK;
}

enum status event_queue_take(struct event_queue *queue, struct process *taker, struct user_address event,
                             struct user_address source) {
    struct told_to to = {event, source};
    struct told told;
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        lock_acquire(&queue->object.lock);
        struct notice *notice = TAILQ_FIRST(&queue->pending);
        if (notice == 0) {
            lock_release(&queue->object.lock);
            return tell_nothing(&to);
        }
        if (told_copy_resident(&told, notice, &to) == STATUS_OK) {
            trace(.operation = TRACE_EVENT_TAKEN, .object = &queue->object, .peer = notice->process,
                  .id = notice->event.Type, .size = sizeof(EVENT));
            return entry_take(queue, notice, taker, event);
        }
        told_fill(&told, notice, &to);
        lock_release(&queue->object.lock);
        status = told_copy(&told, &to);
    }
    return status;
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
    uint32_t pending = 0;
    lock_acquire(&object->lock);
    struct notice *notice = TAILQ_FIRST(&queue->pending);
    uint32_t first = notice != 0 ? notice->event.Type : NOTHING;
    for (; notice != 0; notice = TAILQ_NEXT(notice, link))
        pending++;
    uint32_t posts = queue->post_count, refused = queue->overflow.queued ? queue->overflow.count : 0;
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
