// Calling through a port: the caller brings the block along, sleeps, and has the reply in it; or gives up.
#include "kernel/base/debugger.h"
#include "kernel/base/string.h"
#include "kernel/object/trace.h"
#include "kernel/thread/lend.h"
#include "kernel/thread/scheduler.h"

#include "ipc/deadlock.h"
#include "ipc/port.h"
#include "ipc/port_lend.h"

// ---- calling ----

// Asked when the caller counts as waiting and no lock is held: now is the time to lend, and to look for a cycle (R-P5).
static bool call_is_hopeless(struct thread *thread) {
    struct port_message *call = (struct port_message *)(uintptr_t)thread->wait.key;
    struct port *port = call->port;
    port_lend_along(port, call->priority);
    struct wait_edges last_taker = {1, {__atomic_load_n(&port->last_taker, __ATOMIC_RELAXED)}};
    if (!deadlock_is_certain(&last_taker))
        return false;
    struct wait_edges receivers = {0};
    port->object.type->wait_edges(&port->object, WAIT_PORT_CALL, &receivers);
    return deadlock_is_certain(&receivers);
}

static struct wait_for wait_of(struct port *port, struct port_message *call, uint64_t deadline) {
    return (struct wait_for){
        .object = &port->object, .reason = WAIT_PORT_CALL, .key = (uintptr_t)call, .deadline = deadline};
}

// Nobody waits for it: it goes into the queue. The lock is let go.
__attribute__((noinline)) static enum status queue_unlock(struct port *port, struct port_message *call,
                                                          uint64_t deadline) {
    struct wait_for wait = wait_of(port, call, deadline);
    struct wait_manner manner = {.is_hopeless = call_is_hopeless};
    port_enter_locked(port, call, false);
    return wait_sleep(&port->object.lock, &wait, &manner);
}

// A receiver that sleeps gets the call, and the CPU. The lock is let go.
static inline __attribute__((always_inline)) enum status call_unlock(struct port *port, struct port_message *call,
                                                                     uint64_t deadline) {
    call->state = PORT_MESSAGE_LEAVING;
    struct thread *receiver = port_give_locked(port, call);
    if (__builtin_expect(receiver == 0, 0))
        return queue_unlock(port, call, deadline);
    if (__builtin_expect(call->priority > receiver->base_priority, 0))
        thread_lend(receiver, call->priority);
    struct wait_for wait = wait_of(port, call, deadline);
    struct wait_manner manner = {.next = receiver};
    return wait_sleep(&port->object.lock, &wait, &manner);
}

// ---- a debugger is asked ----

// What is kept counts as on its way, and is in no list: a caller that gives up meanwhile leaves the block behind.
static bool is_kept_locked(const struct trace_note *note, struct port_message *block,
                           void (*finish)(struct kept_operation *, bool)) {
    struct kept_operation kept = {.finish = finish, .object = &block->port->object, .what = block};
    if (trace_ask_or_keep(note, TRACE_MAY_HOLD | TRACE_MAY_REORDER, &kept) == TRACE_GO)
        return false;
    block->state = PORT_MESSAGE_LEAVING;
    return true;
}

// Ends what was kept: `let_go` says who is to be made ready, where the caller waits still.
static void kept_end(struct kept_operation *kept, struct thread *(*let_go)(struct port_message *)) {
    struct port *port = (struct port *)kept->object;
    struct port_message *block = kept->what;
    lock_acquire(&port->object.lock);
    bool left_behind = block->caller == 0;
    struct thread *thread = left_behind ? 0 : let_go(block);
    lock_release(&port->object.lock);
    if (thread != 0)
        scheduler_ready(thread);
    if (left_behind)
        port_message_free(block);
    object_release(&port->object);
}

static struct thread *call_let_go_locked(struct port_message *call) {
    struct port *port = call->port;
    if (port->closed)
        return port_complete_locked(call, STATUS_PEER_DIED);
    struct thread *receiver = port_give_locked(port, call);
    if (receiver == 0)
        port_enter_locked(port, call, false);
    return receiver;
}

static void call_finish(struct kept_operation *kept, bool drop) {
    (void)drop; // its caller waits for the answer
    kept_end(kept, call_let_go_locked);
}

// True: it is on its way until the debugger lets it go.
__attribute__((noinline, cold)) static bool call_is_kept_locked(struct port *port, struct port_message *call) {
    struct trace_note note = {.operation = TRACE_PORT_CALLED,
                              .object = &port->object,
                              .peer = port->object.account->process,
                              .id = call->id,
                              .size = port->message_size};
    return is_kept_locked(&note, call, call_finish);
}

// The lock is let go.
__attribute__((noinline, cold)) static enum status kept_call_unlock(struct port *port, struct port_message *call,
                                                                    uint64_t deadline) {
    struct wait_for wait = wait_of(port, call, deadline);
    struct wait_manner manner = {0};
    return wait_sleep(&port->object.lock, &wait, &manner);
}

static struct thread *answer_let_go_locked(struct port_message *call) {
    return port_complete_locked(call, STATUS_OK);
}

static void answer_finish(struct kept_operation *kept, bool drop) {
    (void)drop; // the same
    kept_end(kept, answer_let_go_locked);
}

// True: the caller, in whose block it stands, does not learn of it yet.
__attribute__((noinline, cold)) static bool answer_is_kept_locked(struct port *port, struct port_message *call) {
    struct trace_note note = {.operation = TRACE_PORT_ANSWERED,
                              .object = &port->object,
                              .peer = call->process,
                              .id = call->id,
                              .cause = call->id,
                              .size = port->message_size};
    return is_kept_locked(&note, call, answer_finish);
}

// ---- giving up ----

// The receiver learns that nobody waits for its answer any more. Says the receiver that is to be made ready.
static struct thread *cancel_locked(struct port *port, struct port_message *call) {
    port_taken_remove_locked(port, call->id);
    call->kind = PORT_CANCELLED;
    call->caller = 0;
    call->state = PORT_MESSAGE_LEAVING;
    struct thread *receiver = port_give_locked(port, call);
    if (receiver != 0)
        return receiver;
    call->state = PORT_MESSAGE_CANCELLED;
    TAILQ_INSERT_TAIL(&port->cancelled, call, link);
    port->waiting++;
    object_signal(&port->object, WATCH_READABLE);
    return 0;
}

// The wait ended, but not by the call's completion. Where the call was taken, or is just being taken, the block is the port's from now on.
static struct thread *give_up_locked(struct port *port, struct port_message **block) {
    struct port_message *call = *block;
    trace(.operation = TRACE_PORT_CANCELLED, .object = &port->object, .peer = call->taker_process, .id = call->id);
    if (call->state == PORT_MESSAGE_QUEUED) {
        port_leave_locked(port, call);
        return 0;
    }
    *block = 0;
    if (call->state == PORT_MESSAGE_TAKEN)
        return cancel_locked(port, call);
    call->caller = 0;
    return 0;
}

// It may have been completed since: then that counts.
__attribute__((noinline)) static enum status give_up(struct port *port, struct port_message **block,
                                                     enum status status) {
    struct thread *receiver = 0;
    lock_acquire(&port->object.lock);
    if ((*block)->state == PORT_MESSAGE_DONE)
        status = (*block)->status;
    else
        receiver = give_up_locked(port, block);
    lock_release(&port->object.lock);
    if (receiver != 0)
        scheduler_ready(receiver);
    return status;
}

__attribute__((always_inline)) enum status port_call(struct port *port, struct port_message **block,
                                                     uint64_t deadline) {
    struct port_message *call = *block;
    if (deadline == DEADLINE_NOW)
        return STATUS_WOULD_WAIT;
    call->caller = thread_current();
    call->priority = call->caller->base_priority;
    lock_acquire(&port->object.lock);
    if (__builtin_expect(port->closed, 0)) {
        lock_release(&port->object.lock);
        return port_closed_status(port);
    }
    call->id = ++port->last_id;
    enum status status = trace_is_on() && call_is_kept_locked(port, call) ? kept_call_unlock(port, call, deadline)
                                                                          : call_unlock(port, call, deadline);
    return __builtin_expect(status == STATUS_OK, 1) ? call->status : give_up(port, block, status);
}

// ---- answering ----

struct thread *port_complete_locked(struct port_message *call, enum status status) {
    call->status = status;
    call->state = PORT_MESSAGE_DONE;
    return wait_claim(call->caller) ? call->caller : 0;
}

// R-P2: counted, and never delivered to a newer call.
__attribute__((noinline)) static void late_locked(struct port *port, uint64_t id) {
    if (id != 0 && id <= port->last_id)
        port->late++;
}

__attribute__((always_inline)) enum status port_answer_locked(struct port *port, const struct port_answer *answer,
                                                              struct thread **caller) {
    struct port_message *call = port_taken_remove_locked(port, answer->id);
    if (__builtin_expect(call == 0, 0)) {
        late_locked(port, answer->id);
        trace(.operation = TRACE_PORT_ANSWERED, .object = &port->object, .id = answer->id, .cause = answer->id,
              .status = STATUS_NOT_FOUND);
        return STATUS_NOT_FOUND;
    }
    memcpy(call->words, answer->bytes, port->message_size);
    call->load.object = answer->load.object;
    if (answer->load.object != 0)
        call->load.rights = answer->load.rights;
    if (trace_is_on() && answer_is_kept_locked(port, call))
        return STATUS_OK; // `*caller` stays null
    *caller = port_complete_locked(call, STATUS_OK);
    return STATUS_OK;
}

enum status port_answer(struct port *port, const struct port_answer *answer) {
    struct thread *caller = 0;
    lock_acquire(&port->object.lock);
    enum status status = port_answer_locked(port, answer, &caller);
    if (thread_current()->lent)
        port_lend_review_locked(port);
    lock_release(&port->object.lock);
    if (caller != 0)
        scheduler_ready(caller);
    return status;
}
