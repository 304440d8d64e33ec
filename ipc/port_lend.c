// Lending the priority of callers: to the takers of a port's calls, and on to whom these wait for.
#include "ipc/port_lend.h"

#include "kernel/thread/lend.h"

struct takers {
    uint32_t count;
    uint64_t threads[PORT_TAKERS_MAX]; // ids of thread objects
};

static void takers_collect(struct port *port, struct takers *takers) {
    takers->count = 0;
    lock_acquire(&port->object.lock);
    const struct port_message *call = port_taken_first_locked(port);
    for (; call != 0 && takers->count < PORT_TAKERS_MAX; call = port_taken_next_locked(port, call))
        takers->threads[takers->count++] = call->taker;
    lock_release(&port->object.lock);
}

// Whom a thread waits for at a port: the id of a thread object, or 0. Of several that serve it, the first.
static uint64_t awaited_by(const struct thread *thread) {
    if (thread->state != THREAD_WAITING)
        return 0;
    if (thread->wait.reason == WAIT_PORT_REPLY)
        return thread->wait.object;
    struct object *object = thread->wait.reason == WAIT_PORT_CALL ? object_find(thread->wait.object) : 0;
    if (object == 0)
        return 0;
    struct takers takers = {0};
    if (object->type == &port_type)
        takers_collect((struct port *)object, &takers);
    object_release(object);
    return takers.count > 0 ? takers.threads[0] : 0;
}

static void lend_to_chain(uint64_t id, uint32_t priority) {
    for (uint32_t link = 0; id != 0 && link < PORT_CHAIN_MAX; link++) {
        struct object *object = object_find(id);
        if (object == 0)
            return;
        struct thread *thread = object->type == &thread_type ? (struct thread *)object : 0;
        id = 0;
        if (thread != 0) {
            thread_lend(thread, priority);
            id = awaited_by(thread);
        }
        object_release(object);
    }
}

void port_lend_along(struct port *port, uint32_t priority) {
    struct takers takers;
    takers_collect(port, &takers);
    for (uint32_t i = 0; i < takers.count; i++)
        lend_to_chain(takers.threads[i], priority);
}

static uint32_t highest_queued(const struct port *port) {
    uint32_t highest = 0;
    const struct port_message *message;
    TAILQ_FOREACH(message, &port->queue, link) {
        if (message->kind == PORT_CALLED && message->priority > highest)
            highest = message->priority;
    }
    return highest;
}

static uint32_t highest_taken_by(const struct port *port, uint64_t taker) {
    uint32_t highest = 0;
    const struct port_message *call = port_taken_first_locked(port);
    for (; call != 0; call = port_taken_next_locked(port, call))
        if (call->taker == taker && call->priority > highest)
            highest = call->priority;
    return highest;
}

__attribute__((noinline)) void port_lend_review_locked(struct port *port) {
    struct thread *self = thread_current();
    uint32_t still = highest_taken_by(port, self->object.id);
    uint32_t queued = still > 0 ? highest_queued(port) : 0;
    thread_lend_less(self, queued > still ? queued : still);
}
