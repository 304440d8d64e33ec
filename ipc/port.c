// Ports and their entries as objects: made, closed, described.
#include "ipc/port.h"

#include "ipc/holders.h"
#include "ipc/port_lend.h"
#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/thread/lend.h"
#include "kernel/thread/scheduler.h"

// ---- making ----

enum status port_plan_make(struct process *creator, const struct port_create *wish, struct port_plan *plan) {
    if (wish->message_size < PORT_MESSAGE_MIN || wish->message_size % PORT_MESSAGE_STEP != 0 ||
        wish->scope > PORT_OF_THREAD)
        return STATUS_INVALID_ARGUMENT;
    if (wish->message_size > PORT_MESSAGE_MAX || wish->capacity > PORT_CAPACITY_MAX)
        return STATUS_TOO_LARGE;
    *plan = (struct port_plan){
        .creator = creator,
        .message_size = wish->message_size,
        .capacity = wish->capacity != 0 ? wish->capacity : PORT_CAPACITY_DEFAULT,
        .scope = wish->scope,
    };
    return STATUS_OK;
}

static void port_fill(struct port *port, const struct port_plan *plan) {
    port->message_size = plan->message_size;
    port->capacity = plan->capacity;
    port->scope = plan->scope;
    port->thread = plan->scope == PORT_OF_THREAD ? thread_current()->object.id : 0;
    port->last_taker = plan->creator->id;
    TAILQ_INIT(&port->queue);
    TAILQ_INIT(&port->cancelled);
    port_note_taker(plan->creator);
}

enum status port_make(const struct port_plan *plan, struct port **port, struct port_entry **entry) {
    struct object *made, *made_entry;
    enum status status = object_create(&port_type, plan->creator->account, plan->creator->object.name, &made);
    if (status != STATUS_OK)
        return status;
    *port = (struct port *)made;
    port_fill(*port, plan);
    status = object_create(&port_entry_type, plan->creator->account, plan->creator->object.name, &made_entry);
    if (status != STATUS_OK) {
        object_release(made);
        return status;
    }
    *entry = (struct port_entry *)made_entry;
    object_retain(made);
    (*entry)->port = *port;
    (*port)->entry = *entry;
    return STATUS_OK;
}

// ---- closing ----

// What is under way and its list; null: nothing is left.
static struct port_message *any_locked(struct port *port) {
    struct port_message *message = TAILQ_FIRST(&port->queue);
    if (message != 0) {
        port_leave_locked(port, message);
        return message;
    }
    message = TAILQ_FIRST(&port->cancelled);
    if (message != 0) {
        TAILQ_REMOVE(&port->cancelled, message, link);
        port->waiting--;
        return message;
    }
    message = port_taken_first_locked(port);
    return message != 0 ? port_taken_remove_locked(port, message->id) : 0;
}

// What was lent to a thread for a call that ended without its answer.
static void taker_lend_end(uint64_t id) {
    struct object *object = id != 0 ? object_find(id) : 0;
    if (object == 0)
        return;
    if (object->type == &thread_type)
        thread_lend_less((struct thread *)object, 0);
    object_release(object);
}

// Ends one thing under way. False: there was nothing.
static bool end_one(struct port *port) {
    struct thread *caller = 0;
    uint64_t taker = 0;
    lock_acquire(&port->object.lock);
    struct port_message *message = any_locked(port);
    bool is_call = message != 0 && message->kind == PORT_CALLED;
    if (is_call) {
        taker = message->state == PORT_MESSAGE_TAKEN ? message->taker : 0;
        caller = port_complete_locked(message, STATUS_PEER_DIED);
    }
    lock_release(&port->object.lock);
    if (caller != 0)
        scheduler_ready(caller);
    taker_lend_end(taker);
    if (message != 0 && !is_call)
        port_message_free(message);
    return message != 0;
}

void port_close(struct port *port) {
    port_unpublish(port);
    lock_acquire(&port->object.lock);
    port->closed = true;
    wait_queue_wake_all(&port->object.waiters);
    if (port->entry != 0) {
        wait_queue_wake_all(&port->entry->object.waiters);
        object_signal(&port->entry->object, WATCH_WRITABLE | WATCH_CLOSED);
    }
    lock_release(&port->object.lock);
    while (end_one(port))
        ;
}

static void port_last_number_closed(struct object *object) {
    port_close((struct port *)object);
}

static void port_destroy(struct object *object) {
    struct port *port = (struct port *)object;
    assert(port->waiting == 0);
    heap_free(port->spare);
}

// Who receives from a port that nobody can send to any more is not left waiting.
static void entry_last_number_closed(struct object *object) {
    struct port *port = ((struct port_entry *)object)->port;
    if (port->scope != PORT_OF_OBJECT)
        return;
    lock_acquire(&port->object.lock);
    wait_queue_wake_all(&port->object.waiters);
    object_signal(&port->object, WATCH_READABLE | WATCH_CLOSED);
    lock_release(&port->object.lock);
}

static void entry_destroy(struct object *object) {
    struct port *port = ((struct port_entry *)object)->port;
    if (port == 0)
        return;
    lock_acquire(&port->object.lock);
    port->entry = 0;
    lock_release(&port->object.lock);
    object_release(&port->object);
}

// ---- the calls that were taken ----

static struct port_message *bucket_first(const struct port *port, uint64_t bucket) {
    while (bucket < PORT_BUCKETS && port->taken[bucket] == 0)
        bucket++;
    return bucket < PORT_BUCKETS ? port->taken[bucket] : 0;
}

struct port_message *port_taken_first_locked(const struct port *port) {
    return bucket_first(port, 0);
}

struct port_message *port_taken_next_locked(const struct port *port, const struct port_message *call) {
    return call->next != 0 ? call->next : bucket_first(port, call->id % PORT_BUCKETS + 1);
}

// The first call that the process took; null: none.
static struct port_message *taken_by_locked(struct port *port, uint32_t process) {
    struct port_message *call = port_taken_first_locked(port);
    while (call != 0 && call->taker_process != process)
        call = port_taken_next_locked(port, call);
    return call;
}

static bool end_one_taken_by(struct port *port, uint32_t process) {
    struct thread *caller = 0;
    lock_acquire(&port->object.lock);
    struct port_message *call = taken_by_locked(port, process);
    if (call != 0) {
        port_taken_remove_locked(port, call->id);
        caller = port_complete_locked(call, STATUS_PEER_DIED);
    }
    lock_release(&port->object.lock);
    if (caller != 0)
        scheduler_ready(caller);
    return call != 0;
}

void port_taker_ended(uint32_t process) {
    uint64_t after = 0;
    struct object *object;
    while ((object = object_next(OBJECT_PORT, after)) != 0) {
        after = object->id;
        while (end_one_taken_by((struct port *)object, process))
            ;
        object_release(object);
    }
}

// ---- instruments ----

static const char *const scope_texts[] = {"an object", "a process", "a thread"};

static void port_describe(struct object *object, struct writer *out) {
    struct port *port = (struct port *)object;
    uint32_t taken = 0;
    const struct port_message *call;
    lock_acquire(&object->lock);
    struct port now = *port;
    for (call = port_taken_first_locked(port); call != 0; call = port_taken_next_locked(port, call))
        taken++;
    lock_release(&object->lock);
    writer_format(out, "of: %s\nmessage size: %u\nclosed: %s\n", scope_texts[now.scope], now.message_size,
                  now.closed ? "yes" : "no");
    writer_format(out, "queue: %u, of these messages: %u of %u, peak %u\n", now.waiting, now.queued, now.capacity,
                  now.peak);
    writer_format(out, "calls taken: %u\nlast id: %llu\n", taken, (unsigned long long)now.last_id);
    writer_format(out, "takes pages: %s\n", now.takes_pages ? "yes" : "no");
    writer_format(out, "late replies: %llu\nrefused: %llu\n", (unsigned long long)now.late,
                  (unsigned long long)now.refused);
}

static void entry_describe(struct object *object, struct writer *out) {
    struct port *port = ((struct port_entry *)object)->port;
    if (port != 0)
        writer_format(out, "port: %llu\n", (unsigned long long)port->object.id);
}

// A message comes from whoever holds the entry. A call is taken, and room made, by whoever can receive.
static void port_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    if (reason != WAIT_PORT_MESSAGE)
        holders_find(object->id, edges);
}

static uint32_t port_conditions(struct object *object) {
    const struct port *port = (struct port *)object;
    bool deserted = port_is_deserted(port);
    return (port->waiting > 0 || deserted ? WATCH_READABLE : 0) | (deserted ? WATCH_CLOSED : 0);
}

static uint32_t entry_conditions(struct object *object) {
    const struct port *port = ((struct port_entry *)object)->port;
    if (port->closed)
        return WATCH_WRITABLE | WATCH_CLOSED;
    return port->queued < port->capacity ? WATCH_WRITABLE : 0;
}

// An instrument may find an entry before it has its port.
static struct lock *entry_lock(struct object *object) {
    struct port *port = ((struct port_entry *)object)->port;
    return port != 0 ? &port->object.lock : &object->lock;
}

const struct object_type port_type = {
    .name = "port",
    .kind = OBJECT_PORT,
    .size = sizeof(struct port),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_READ | RIGHT_COPY | RIGHT_SEND | RIGHT_WAIT,
    .last_number_closed = port_last_number_closed,
    .destroy = port_destroy,
    .describe = port_describe,
    .wait_edges = port_edges,
    .conditions = port_conditions,
};

const struct object_type port_entry_type = {
    .name = "port entry",
    .kind = OBJECT_PORT_ENTRY,
    .size = sizeof(struct port_entry),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_WRITE | RIGHT_COPY | RIGHT_SEND | RIGHT_WAIT,
    .last_number_closed = entry_last_number_closed,
    .destroy = entry_destroy,
    .describe = entry_describe,
    .conditions = entry_conditions,
    .lock_of = entry_lock,
};
