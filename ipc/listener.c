// Listeners: offering links, waiting for one, and the end of it.
#include "ipc/listener.h"

#include "ipc/gate.h"
#include "ipc/holders.h"
#include "kernel/base/writer.h"
#include "kernel/object/trace.h"
#include "kernel/process/subsystem.h"

LIST_HEAD(listener_list, listener);

// All that are open, of all processes: walked where one is looked for by its maker, and when a process ends.
static struct {
    struct lock lock;
    struct listener_list list;
} listeners = {.lock = LOCK_INITIAL(RANK_NUMBERS), .list = LIST_HEAD_INITIALIZER(listeners.list)};

// ---- ends ----

static void end_set_offered(struct link_end *end, bool offered) {
    lock_acquire(&end->link->lock);
    end->offered = offered;
    lock_release(&end->link->lock);
}

static void end_let_go(struct link_end *end) {
    end_set_offered(end, false);
    object_number_removed(&end->object);
    object_release(&end->object);
}

// The first one; null: none. The listener's lock is held.
static struct link_end *end_first_locked(struct listener *listener) {
    struct link_end *end = TAILQ_FIRST(&listener->ends);
    if (end == 0)
        return 0;
    TAILQ_REMOVE(&listener->ends, end, in_queue);
    listener->offered--;
    return end;
}

// ---- closing ----

static struct link_end *end_take_any(struct listener *listener) {
    lock_acquire(&listener->object.lock);
    struct link_end *end = end_first_locked(listener);
    lock_release(&listener->object.lock);
    return end;
}

static void listener_close(struct listener *listener) {
    struct link_end *end;
    lock_acquire(&listeners.lock);
    lock_acquire(&listener->object.lock);
    if (listener->open)
        LIST_REMOVE(listener, of_maker);
    listener->open = false;
    wait_queue_wake_all(&listener->object.waiters);
    object_signal(&listener->object, WATCH_CLOSED);
    lock_release(&listener->object.lock);
    lock_release(&listeners.lock);
    while ((end = end_take_any(listener)) != 0)
        end_let_go(end);
}

static void listener_last_number_closed(struct object *object) {
    listener_close((struct listener *)object);
}

// ---- instruments ----

static void listener_describe(struct object *object, struct writer *out) {
    struct listener *listener = (struct listener *)object;
    lock_acquire(&object->lock);
    uint32_t offered = listener->offered, connected = listener->connected;
    bool open = listener->open;
    lock_release(&object->lock);
    writer_format(out, "of: %u\nfound by its id: %s\nopen: %s\noffered: %u\nconnected: %u\n", listener->process,
                  listener->is_public ? "yes" : "no", open ? "yes" : "no", offered, connected);
}

// A link is offered by its maker, or by who else has its number.
static void listener_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    holders_add(edges, ((struct listener *)object)->process);
}

static uint32_t listener_conditions(struct object *object) {
    const struct listener *listener = (struct listener *)object;
    return (listener->waiting > 0 ? WATCH_READABLE : 0) | (listener->open ? 0 : WATCH_CLOSED);
}

const struct object_type listener_type = {
    .name = "listener",
    .kind = OBJECT_LISTENER,
    .size = sizeof(struct listener),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_READ | RIGHT_WRITE | RIGHT_WAIT | RIGHT_COPY | RIGHT_SEND,
    .last_number_closed = listener_last_number_closed,
    .destroy = listener_last_number_closed, // it may be that it never had a number
    .describe = listener_describe,
    .wait_edges = listener_edges,
    .conditions = listener_conditions,
};

// ---- making and finding ----

static struct listener *public_of_locked(uint32_t process) {
    struct listener *listener;
    LIST_FOREACH(listener, &listeners.list, of_maker) {
        if (listener->process == process && listener->is_public)
            return listener;
    }
    return 0;
}

static enum status listener_enter(struct listener *listener, bool is_public) {
    lock_acquire(&listeners.lock);
    bool exists = is_public && public_of_locked(listener->process) != 0;
    if (!exists) {
        listener->open = true;
        listener->is_public = is_public;
        LIST_INSERT_HEAD(&listeners.list, listener, of_maker);
    }
    lock_release(&listeners.lock);
    return exists ? STATUS_EXISTS : STATUS_OK;
}

enum status listener_make(struct process *maker, uint32_t flags, struct listener **listener) {
    if ((flags & ~(uint32_t)LISTENER_OF_PROCESS) != 0)
        return STATUS_INVALID_ARGUMENT;
    struct object *object;
    enum status status = object_create(&listener_type, maker->account, maker->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct listener *made = (struct listener *)object;
    made->process = maker->id;
    TAILQ_INIT(&made->ends);
    status = listener_enter(made, flags & LISTENER_OF_PROCESS);
    if (status != STATUS_OK) {
        object_release(object);
        return status;
    }
    *listener = made;
    return STATUS_OK;
}

enum status listener_of(uint32_t process, struct listener **listener) {
    lock_acquire(&listeners.lock);
    struct listener *found = public_of_locked(process);
    // One that is open has a number, or a maker that is about to give it one; either keeps a reference.
    if (found != 0)
        object_retain(&found->object);
    lock_release(&listeners.lock);
    *listener = found;
    return found != 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status listener_admit(const struct listener *listener, const struct process *from) {
    struct process *maker = process_find(listener->process);
    if (maker == 0)
        return STATUS_PEER_DIED;
    enum status status = gate_check(maker, GATE_LINK, from);
    process_release(maker);
    return status;
}

// ---- offering ----

enum status listener_offer(struct listener *listener, struct link_end *end) {
    enum status status = STATUS_PEER_DIED;
    lock_acquire(&listener->object.lock);
    lock_acquire(&end->link->lock);
    if (end->offered) {
        status = STATUS_BUSY;
    } else if (listener->open) {
        status = STATUS_OK;
        end->offered = true;
        object_number_added(&end->object);
        object_retain(&end->object);
        TAILQ_INSERT_TAIL(&listener->ends, end, in_queue);
        listener->offered++;
        listener->object.operations++;
    }
    lock_release(&end->link->lock);
    if (status == STATUS_OK)
        wait_queue_wake_one(&listener->object.waiters);
    trace(.operation = TRACE_LINK_OFFERED, .status = status, .object = &listener->object, .id = end->object.id);
    lock_release(&listener->object.lock);
    return status;
}

// ---- connecting ----

// Waits for an end; the lock is held, and let go meanwhile. At the deadline it looks a last time.
static enum status end_wait_locked(struct listener *listener, uint64_t deadline, struct link_end **end) {
    struct wait_for wait = {.object = &listener->object, .reason = WAIT_LISTENER, .deadline = deadline};
    enum status status = STATUS_OK, ended = STATUS_OK;
    listener->waiting++;
    while (status == STATUS_OK && (*end = end_first_locked(listener)) == 0) {
        status = listener->open ? ended : STATUS_PEER_DIED;
        if (status == STATUS_OK && deadline != DEADLINE_NOW)
            object_signal(&listener->object, WATCH_READABLE);
        if (status == STATUS_OK)
            ended = wait_queue_sleep(&listener->object.waiters, &listener->object.lock, &wait);
    }
    listener->waiting--;
    return status;
}

static bool peer_is_open(struct link_end *end) {
    lock_acquire(&end->link->lock);
    bool open = link_peer_is_open(end);
    lock_release(&end->link->lock);
    return open;
}

enum status listener_take(struct listener *listener, uint64_t deadline, struct link_end **end) {
    for (;;) {
        lock_acquire(&listener->object.lock);
        enum status status = end_wait_locked(listener, deadline, end);
        listener->connected += status == STATUS_OK;
        trace(.operation = TRACE_LINK_CONNECTED, .status = status, .object = &listener->object,
              .peer = listener->process, .id = status == STATUS_OK ? (*end)->object.id : 0);
        lock_release(&listener->object.lock);
        if (status != STATUS_OK || peer_is_open(*end))
            return status;
        end_let_go(*end); // the server has let go of its own end meanwhile
    }
}

void listener_connected(struct link_end *end, const struct process *by) {
    lock_acquire(&end->link->lock);
    end->offered = false;
    end->link->parties[end->side] = (struct link_party){.process = by->id, .user = by->user};
    if (link_peer_is_open(end))
        link_signal_locked(link_peer(end));
    lock_release(&end->link->lock);
}

// ---- the end of a process ----

static struct listener *any_of(uint32_t process) {
    struct listener *listener;
    lock_acquire(&listeners.lock);
    LIST_FOREACH(listener, &listeners.list, of_maker) {
        if (listener->process == process)
            break;
    }
    if (listener != 0)
        object_retain(&listener->object);
    lock_release(&listeners.lock);
    return listener;
}

static void listener_process_ended(struct process *process) {
    struct listener *listener;
    while ((listener = any_of(process->id)) != 0) {
        listener_close(listener);
        object_release(&listener->object);
    }
}

SUBSYSTEM(listener_subsystem) = {
    .name = "listeners",
    .process_ended = listener_process_ended,
};
