// Waiting for a message, of anybody or of one process, whose end breaks the wait off.
//
// A thread that waits for a message of process S stands in the list of S's queue meanwhile. S may end at any time:
//
//      waiting thread                               the end of S
//      enter the list of S's queue                  closed := true
//      own lock; no message, S not closed; sleep    each in the list: lock its queue, wake it
//
// Either the thread sees `closed`, or it sleeps before its queue's lock is taken and is woken.
#include "ipc/message_queue.h"

// ---- the list of the sender's queue ----

// The queue of a filter's sender, with a reference; null: it has ended.
static struct message_queue *sender_find(uint32_t id) {
    struct process *process = process_find(id);
    if (process == 0)
        return 0;
    struct message_queue *queue = message_queue_of(process);
    object_retain(&queue->object);
    process_release(process);
    return queue;
}

static void awaiter_enter(struct message_queue *sender, struct message_awaiter *awaiter) {
    lock_acquire(&sender->object.lock);
    LIST_INSERT_HEAD(&sender->awaiters, awaiter, link);
    awaiter->listed = true;
    lock_release(&sender->object.lock);
}

static void awaiter_leave(struct message_queue *sender, struct message_awaiter *awaiter) {
    lock_acquire(&sender->object.lock);
    if (awaiter->listed)
        LIST_REMOVE(awaiter, link);
    lock_release(&sender->object.lock);
}

// Takes the next one off the list; says its queue, with a reference.
static struct message_queue *awaiter_next(struct message_queue *ended) {
    struct message_queue *queue = 0;
    lock_acquire(&ended->object.lock);
    struct message_awaiter *awaiter = LIST_FIRST(&ended->awaiters);
    if (awaiter != 0) {
        LIST_REMOVE(awaiter, link);
        awaiter->listed = false;
        queue = awaiter->queue;
        object_retain(&queue->object);
    }
    lock_release(&ended->object.lock);
    return queue;
}

void message_awaiters_tell(struct message_queue *ended) {
    struct message_queue *queue;
    while ((queue = awaiter_next(ended)) != 0) {
        lock_acquire(&queue->object.lock);
        wait_queue_wake_all(&queue->object.waiters); // who waits for others looks again and sleeps on
        lock_release(&queue->object.lock);
        object_release(&queue->object);
    }
}

// ---- waiting ----

struct message_waiting {
    const struct message_filter *filter;
    struct message_queue *sender; // the only one who can end the wait; null: anybody can, or it has ended
    uint64_t deadline;
};

static bool sender_has_ended(const struct message_waiting *waiting) {
    if (waiting->filter == 0 || waiting->filter->sender == 0)
        return false;
    return waiting->sender == 0 || __atomic_load_n(&waiting->sender->closed, __ATOMIC_SEQ_CST);
}

static enum wait_reason reason_of(const struct message_waiting *waiting) {
    if (waiting->sender == 0)
        return WAIT_MESSAGE;
    return waiting->filter->in_reply_to != 0 ? WAIT_REPLY : WAIT_MESSAGE_FROM;
}

// Sleeps until a message is there. The queue's lock is held, and let go meanwhile. At the deadline it looks a last time.
static enum status wait_locked(struct message_queue *queue, const struct message_waiting *waiting,
                               struct message **message) {
    struct message_sleeper sleeper = {.filter = waiting->filter};
    struct wait_for wait = {
        .object = waiting->sender != 0 ? &waiting->sender->object : &queue->object,
        .reason = reason_of(waiting),
        .key = (uintptr_t)&sleeper,
        .deadline = waiting->deadline,
    };
    bool late = false;
    while ((*message = message_first_locked(queue, waiting->filter)) == 0) {
        if (sender_has_ended(waiting))
            return STATUS_PEER_DIED;
        if (late)
            return STATUS_TIMED_OUT;
        enum status status = wait_queue_sleep(&queue->object.waiters, &queue->object.lock, &wait);
        late = status == STATUS_TIMED_OUT;
        if (status != STATUS_OK && !late)
            return status;
    }
    return STATUS_OK;
}

static enum status wait_and_inform(struct message_queue *queue, const struct message_waiting *waiting,
                                   struct message_information *information) {
    struct message *message;
    lock_acquire(&queue->object.lock);
    enum status status = wait_locked(queue, waiting, &message);
    if (status == STATUS_OK) {
        message_inform(message, message_waiting_count(queue), information);
        message_wake_locked(queue, message); // it is still pending: the next who waits for such a one may look, too
    }
    lock_release(&queue->object.lock);
    return status;
}

enum status message_wait(struct message_queue *queue, const struct message_filter *filter, uint64_t deadline,
                         struct message_information *information) {
    struct message_waiting waiting = {.filter = filter, .deadline = deadline};
    if (filter != 0 && filter->sender != 0)
        waiting.sender = sender_find(filter->sender);
    struct message_awaiter awaiter = {.queue = queue};
    if (waiting.sender != 0)
        awaiter_enter(waiting.sender, &awaiter);
    enum status status = wait_and_inform(queue, &waiting, information);
    if (waiting.sender != 0) {
        awaiter_leave(waiting.sender, &awaiter);
        object_release(&waiting.sender->object);
    }
    return status;
}
