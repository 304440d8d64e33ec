// Receiving from a port: taken by one thread, copied out without the lock, then answered for, freed or put back.
#include "ipc/port.h"
#include "ipc/port_lend.h"
#include "kernel/object/trace.h"
#include "kernel/thread/lend.h"
#include "kernel/thread/scheduler.h"

// ---- taking ----

// Cancellations come first: no work is begun that nobody waits for. Null: there is nothing.
static struct port_message *first_locked(struct port *port) {
    struct port_message *message = TAILQ_FIRST(&port->cancelled);
    if (__builtin_expect(message != 0, 0)) {
        TAILQ_REMOVE(&port->cancelled, message, link);
        port->waiting--;
    } else {
        message = TAILQ_FIRST(&port->queue);
        if (message == 0)
            return 0;
        port_leave_locked(port, message);
    }
    message->state = PORT_MESSAGE_LEAVING;
    return message;
}

// Sleeps once; the lock is let go. *message: what a sender gave.
static inline __attribute__((always_inline)) enum status
sleep_once(struct port *port, uint64_t deadline, struct thread *next, struct port_message **message) {
    struct port_sleeper sleeper = {0};
    struct wait_for wait = {
        .object = &port->object,
        .reason = WAIT_PORT_MESSAGE,
        .key = (uintptr_t)&sleeper,
        .deadline = deadline,
    };
    struct wait_manner manner = {.queue = &port->object.waiters, .next = next};
    enum status status = wait_sleep(&port->object.lock, &wait, &manner);
    *message = sleeper.given;
    return status;
}

// Nothing was there, or was given: whether to go on waiting. The lock is held.
static enum status patience_locked(const struct port *port, uint64_t deadline) {
    if (port_is_deserted(port) || port->closed)
        return STATUS_PEER_DIED;
    return deadline == DEADLINE_NOW ? STATUS_WOULD_WAIT : STATUS_OK;
}

// Woken without a message, or not at all: at the deadline it looks a last time.
__attribute__((noinline)) static enum status wait_again(struct port *port, uint64_t deadline, enum status status,
                                                        struct port_message **message) {
    while (*message == 0) {
        lock_acquire(&port->object.lock);
        *message = first_locked(port);
        if (status == STATUS_OK && *message == 0)
            status = patience_locked(port, deadline);
        if (status != STATUS_OK || *message != 0) {
            lock_release(&port->object.lock);
            break;
        }
        status = sleep_once(port, deadline, 0, message);
    }
    return *message != 0 ? STATUS_OK : status;
}

// There is nothing to wait for, or something was there.
__attribute__((noinline)) static enum status unlock_and_return(struct port *port, struct thread *next,
                                                               enum status status) {
    lock_release(&port->object.lock);
    if (next != 0)
        scheduler_ready(next);
    return status;
}

__attribute__((always_inline)) enum status port_take_unlock(struct port *port, uint64_t deadline, struct thread *next,
                                                            struct port_message **message) {
    if (__builtin_expect(thread_current()->lent, 0))
        port_lend_review_locked(port);
    *message = first_locked(port);
    if (*message != 0 && next == 0) {
        lock_release(&port->object.lock);
        return STATUS_OK;
    }
    enum status status = *message == 0 ? patience_locked(port, deadline) : STATUS_OK;
    if (*message != 0 || status != STATUS_OK)
        return unlock_and_return(port, next, status);
    status = sleep_once(port, deadline, next, message);
    return __builtin_expect(*message != 0, 1) ? STATUS_OK : wait_again(port, deadline, status, message);
}

enum status port_take(struct port *port, uint64_t deadline, struct port_message **message) {
    lock_acquire(&port->object.lock);
    return port_take_unlock(port, deadline, 0, message);
}

void port_inform(const struct port *port, const struct port_message *message, struct port_information *information) {
    information->id = message->id;
    information->process = message->process;
    information->user = message->user;
    information->kind = message->kind;
    information->waiting = port->waiting;
    information->cargo = (struct port_cargo){.number = NUMBER_NONE};
}

// ---- after the copy ----

// The caller gave up while its call was copied out, or the port was closed. Says the caller that is to be made ready.
__attribute__((noinline)) static struct thread *received_in_vain_locked(struct port *port, struct port_message *call) {
    if (call->caller != 0)
        return port_complete_locked(call, STATUS_PEER_DIED);
    call->kind = PORT_CANCELLED;
    call->state = PORT_MESSAGE_CANCELLED;
    TAILQ_INSERT_TAIL(&port->cancelled, call, link);
    port->waiting++;
    return 0;
}

// Who takes calls is looked for when it ends.
__attribute__((noinline)) static void taker_changed_locked(struct port *port, struct process *taker) {
    port->last_taker = taker->id;
    port_note_taker(taker);
}

// From now on it may be answered: its caller waits for the reply, and for whom.
static inline __attribute__((always_inline)) struct thread *call_received_locked(struct port *port,
                                                                                 struct port_message *call) {
    struct thread *self = thread_current();
    call->taker = self->object.id;
    call->taker_process = self->process->id;
    if (__builtin_expect(port->last_taker != call->taker_process, 0))
        taker_changed_locked(port, self->process);
    struct thread *caller = call->caller;
    if (__builtin_expect(caller == 0 || port->closed, 0))
        return received_in_vain_locked(port, call);
    call->state = PORT_MESSAGE_TAKEN;
    caller->wait.reason = WAIT_PORT_REPLY;
    caller->wait.object = call->taker;
    port_taken_add_locked(port, call);
    if (__builtin_expect(call->priority > self->base_priority, 0))
        thread_lend(self, call->priority); // R-P8
    return 0;
}

__attribute__((always_inline)) void port_finish(struct port *port, struct port_message *message) {
    trace(.operation = TRACE_PORT_RECEIVED, .object = &port->object, .peer = message->process, .id = message->id,
          .size = port->message_size);
    if (message->kind != PORT_CALLED) {
        port_message_free(message);
        return;
    }
    lock_acquire(&port->object.lock);
    struct thread *caller = call_received_locked(port, message);
    port->object.operations++;
    lock_release(&port->object.lock);
    if (caller != 0)
        scheduler_ready(caller);
}

// What is to become of a message that was not received. True: it is nobody's and to be freed.
static bool refused_locked(struct port *port, struct port_message *message, struct thread **caller) {
    bool abandoned = message->kind == PORT_CALLED && message->caller == 0;
    if (abandoned || (port->closed && message->kind != PORT_CALLED))
        return true;
    if (port->closed)
        *caller = port_complete_locked(message, STATUS_PEER_DIED);
    else if (message->kind == PORT_CANCELLED) {
        message->state = PORT_MESSAGE_CANCELLED;
        TAILQ_INSERT_HEAD(&port->cancelled, message, link);
        port->waiting++;
    } else
        port_enter_locked(port, message, true);
    return false;
}

__attribute__((noinline)) void port_refuse(struct port *port, struct port_message *message) {
    struct thread *caller = 0;
    lock_acquire(&port->object.lock);
    bool unwanted = refused_locked(port, message, &caller);
    wait_queue_wake(&port->object.waiters, 1);
    lock_release(&port->object.lock);
    if (unwanted)
        port_message_free(message);
    if (caller != 0)
        scheduler_ready(caller);
}
