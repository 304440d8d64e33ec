// Sending to a port: room in its queue, the sender's charge, and the receiver that waits.
#include "ipc/port.h"
#include "kernel/base/debugger.h"
#include "kernel/object/account.h"
#include "kernel/object/trace.h"
#include "kernel/thread/lend.h"
#include "kernel/thread/scheduler.h"

// ---- the queue ----

void port_enter_locked(struct port *port, struct port_message *message, bool first) {
    message->state = PORT_MESSAGE_QUEUED;
    if (first)
        TAILQ_INSERT_HEAD(&port->queue, message, link);
    else
        TAILQ_INSERT_TAIL(&port->queue, message, link);
    port->queued += message->kind == PORT_SENT;
    port->waiting++;
    if (port->waiting > port->peak)
        port->peak = port->waiting;
    object_signal(&port->object, WATCH_READABLE);
}

__attribute__((noinline)) static void sender_wake(struct port *port) {
    if (port->entry == 0)
        return;
    wait_queue_wake(&port->entry->object.waiters, 1);
    object_signal(&port->entry->object, WATCH_WRITABLE);
}

void port_leave_locked(struct port *port, struct port_message *message) {
    TAILQ_REMOVE(&port->queue, message, link);
    port->waiting--;
    if (message->kind != PORT_SENT)
        return;
    if (port->queued-- == port->capacity)
        sender_wake(port);
}

// A receiver whose deadline has passed or that was killed stays listed until it runs, and is left out.
struct thread *port_give_locked(struct port *port, struct port_message *message) {
    struct waiter *waiter = TAILQ_FIRST(&port->object.waiters.list);
    for (; waiter != 0; waiter = TAILQ_NEXT(waiter, link)) {
        struct port_sleeper *sleeper = port_sleeper_of(waiter);
        sleeper->given = message;
        if (__builtin_expect(wait_queue_claim(&port->object.waiters, waiter), 1))
            return waiter->thread;
        sleeper->given = 0;
    }
    return 0;
}

// ---- sending ----

// Until there is room; the lock is held, and let go meanwhile. The entry is kept by the caller.
__attribute__((noinline)) static enum status room_find(struct port *port, uint64_t deadline) {
    struct wait_for wait = {.object = &port->object, .reason = WAIT_PORT_ROOM, .deadline = deadline};
    while (!port->closed && port->queued >= port->capacity) {
        enum status status = wait_queue_sleep(&port->entry->object.waiters, &port->object.lock, &wait);
        if (status == STATUS_WOULD_WAIT) {
            port->refused++;
            return STATUS_PEER_FULL;
        }
        if (status != STATUS_OK && !port->closed)
            return status;
    }
    return STATUS_OK;
}

// R-P1: what waits is charged to who sent it, and bounded by the port.
static enum status admit_locked(struct port *port, struct port_message *message, struct account *account,
                                uint64_t deadline) {
    enum status status = STATUS_OK;
    if (__builtin_expect(port->queued >= port->capacity, 0))
        status = room_find(port, deadline);
    if (status == STATUS_OK && port->closed)
        status = STATUS_PEER_DIED;
    if (status == STATUS_OK)
        status = account_charge(account, ACCOUNT_PORT_MESSAGES, 1);
    if (status != STATUS_OK)
        return status;
    message->account = account;
    object_retain(&account->object);
    message->id = ++port->last_id;
    return STATUS_OK;
}

// While the sender waited for room a receiver may have begun to sleep.
static void enter_and_wake_locked(struct port *port, struct port_message *message) {
    port_enter_locked(port, message, false);
    if (!wait_queue_is_empty(&port->object.waiters))
        wait_queue_wake(&port->object.waiters, 1);
}

// Straight to a receiver that sleeps. Null: nobody does.
static struct thread *give_locked(struct port *port, struct port_message *message) {
    if (wait_queue_is_empty(&port->object.waiters) || port->closed)
        return 0;
    message->state = PORT_MESSAGE_LEAVING;
    struct thread *receiver = port_give_locked(port, message);
    if (receiver != 0)
        message->id = ++port->last_id;
    return receiver;
}

// The lock is let go.
static inline __attribute__((always_inline)) enum status
send_unlock(struct port *port, struct port_message *message, struct account *account, uint64_t deadline, uint64_t *id) {
    enum status status = STATUS_OK;
    struct thread *receiver = give_locked(port, message);
    if (receiver == 0)
        status = admit_locked(port, message, account, deadline);
    if (status == STATUS_OK) {
        *id = message->id; // it may be taken as soon as the lock is free
        port->object.operations++;
        if (receiver == 0)
            enter_and_wake_locked(port, message);
    }
    lock_release(&port->object.lock);
    if (receiver != 0)
        scheduler_ready_next(receiver);
    return status;
}

// ---- a debugger is asked ----

static void message_finish(struct kept_operation *kept, bool drop) {
    struct port *port = (struct port *)kept->object;
    struct port_message *message = kept->what;
    lock_acquire(&port->object.lock);
    bool gone = drop || port->closed;
    if (!gone)
        enter_and_wake_locked(port, message);
    lock_release(&port->object.lock);
    if (gone)
        port_message_free(message);
    object_release(&port->object);
}

static bool message_is_kept_locked(struct port *port, struct port_message *message) {
    struct trace_note note = {.operation = TRACE_PORT_SENT,
                              .object = &port->object,
                              .peer = port->object.account->process,
                              .id = message->id,
                              .size = port->message_size};
    struct kept_operation kept = {.finish = message_finish, .object = &port->object, .what = message};
    return trace_ask_or_keep(&note, TRACE_MAY_DROP | TRACE_MAY_HOLD | TRACE_MAY_REORDER, &kept) != TRACE_GO;
}

// As send_unlock, and through the queue: a message that was given to a receiver could not be kept any more.
__attribute__((noinline, cold)) static enum status send_noted_unlock(struct port *port, struct port_message *message,
                                                                     struct account *account, uint64_t deadline,
                                                                     uint64_t *id) {
    enum status status = admit_locked(port, message, account, deadline);
    if (status == STATUS_OK) {
        *id = message->id;
        port->object.operations++;
        if (!message_is_kept_locked(port, message))
            enter_and_wake_locked(port, message);
    }
    lock_release(&port->object.lock);
    return status;
}

__attribute__((always_inline)) enum status port_send(struct port *port, struct port_message *message,
                                                     struct account *account, uint64_t deadline, uint64_t *id) {
    lock_acquire(&port->object.lock);
    return trace_is_on() ? send_noted_unlock(port, message, account, deadline, id)
                         : send_unlock(port, message, account, deadline, id);
}
