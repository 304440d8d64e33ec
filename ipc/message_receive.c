// Receiving messages: claimed by one thread, copied out without the lock, then taken off the queue or pending again.
//
// Between claim and finish nobody else sees the message, and a copy that fails changes nothing.
#include "ipc/message_queue.h"

#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"
#include "kernel/object/trace.h"

// The message is found and the lock is held. One that is too long goes to the next who waits for it.
static enum status claim_locked(struct message_queue *queue, struct message_taking *taking) {
    struct message *message = taking->message;
    taking->waiting = message_waiting_count(queue) + !message->queued;
    if (message->size > taking->size) {
        message_inform(message, taking->waiting, &taking->information);
        message_wake_locked(queue, message);
        return STATUS_TOO_SMALL;
    }
    message->claimed = true;
    return STATUS_OK;
}

enum status message_claim(struct message_queue *queue, uint32_t id, struct message_taking *taking) {
    enum status status = STATUS_NOTHING;
    lock_acquire(&queue->object.lock);
    taking->message = message_find_locked(queue, id);
    if (taking->message != 0)
        status = claim_locked(queue, taking);
    lock_release(&queue->object.lock);
    return status;
}

// ---- messages that are handed over ----

void message_block_return(struct message_queue *queue, struct message *block) {
    struct message *unused = __atomic_exchange_n(&queue->spare, block, __ATOMIC_ACQ_REL);
    if (__builtin_expect(unused != 0, 0))
        heap_free(unused);
}

// Makes what a thread brings along, where it is missing. The lock is let go for it. Without memory it does without.
__attribute__((noinline)) static void spare_make(struct message_queue *queue) {
    lock_release(&queue->object.lock);
    if (message_answers_prepare(queue) == STATUS_OK) {
        struct message *block = message_block_make();
        if (block != 0)
            message_block_return(queue, block);
    }
    lock_acquire(&queue->object.lock);
}

// The message came in the block: it is taken, and may be answered.
static void handed_note(struct message_queue *queue, struct message_taking *taking) {
    const struct message *message = taking->message;
    taking->handed = true;
    taking->waiting = message_waiting_count(queue) + 1;
    queue->answers[message->id % MESSAGE_ANSWERS] =
        (struct message_answer){.id = message->id, .sender = message->sender};
}

// Sleeps once, until a message is handed over or something is to be looked at. The lock is held, and let go meanwhile.
static enum status sleep_once(struct message_queue *queue, uint64_t deadline, struct message_taking *taking) {
    struct message_sleeper sleeper = {.takes = true, .size = taking->size};
    struct wait_for wait = {
        .object = &queue->object,
        .reason = WAIT_MESSAGE,
        .key = (uintptr_t)&sleeper,
        .deadline = deadline,
    };
    sleeper.block = __atomic_exchange_n(&queue->spare, 0, __ATOMIC_ACQ_REL);
    enum status status = wait_queue_sleep(&queue->object.waiters, &queue->object.lock, &wait);
    taking->message = sleeper.given;
    if (sleeper.given != 0 && sleeper.given == sleeper.block)
        handed_note(queue, taking);
    else if (sleeper.block != 0)
        message_block_return(queue, sleeper.block);
    return status;
}

// Until there is a message; at the deadline it looks a last time.
static enum status first_wait(struct message_queue *queue, uint64_t deadline, struct message_taking *taking) {
    enum status status = STATUS_OK;
    if (__atomic_load_n(&queue->spare, __ATOMIC_RELAXED) == 0 && deadline != DEADLINE_NOW) {
        spare_make(queue);
        taking->message = message_first_locked(queue, 0);
    }
    while (taking->message == 0 && status == STATUS_OK) {
        status = sleep_once(queue, deadline, taking);
        if (taking->message == 0)
            taking->message = message_first_locked(queue, 0);
    }
    return taking->message != 0 ? STATUS_OK : status;
}

// The event that a message handed over did not raise is raised now.
__attribute__((noinline)) void message_refuse(struct message_queue *queue, struct message *block) {
    lock_acquire(&queue->object.lock);
    queue->answers[block->id % MESSAGE_ANSWERS] = (struct message_answer){0};
    message_enter_locked(queue, block, true);
    message_wake_locked(queue, block);
    lock_release(&queue->object.lock);
}

// ---- claiming ----

enum status message_claim_first(struct message_queue *queue, uint64_t deadline, struct message_taking *taking) {
    enum status status = STATUS_OK;
    taking->handed = false;
    lock_acquire(&queue->object.lock);
    taking->message = message_first_locked(queue, 0);
    if (taking->message == 0)
        status = first_wait(queue, deadline, taking);
    if (status == STATUS_OK && !taking->handed)
        status = claim_locked(queue, taking);
    lock_release(&queue->object.lock);
    return status;
}

void message_unclaim(struct message_queue *queue, struct message *message) {
    lock_acquire(&queue->object.lock);
    message->claimed = false;
    if (!message->queued)
        message_enter_locked(queue, message, true);
    message_wake_locked(queue, message);
    lock_release(&queue->object.lock);
}

enum status message_answers_prepare(struct message_queue *queue) {
    if (queue->answers != 0)
        return STATUS_OK;
    struct message_answer *answers = heap_allocate(MESSAGE_ANSWERS * sizeof(struct message_answer));
    if (answers == 0)
        return STATUS_NO_MEMORY;
    lock_acquire(&queue->object.lock);
    struct message_answer *unused = answers;
    if (queue->answers == 0) {
        queue->answers = answers;
        unused = 0;
    }
    lock_release(&queue->object.lock);
    heap_free(unused);
    return STATUS_OK;
}

void message_finish(struct message_queue *queue, struct message *message) {
    trace(.operation = TRACE_MESSAGE_RECEIVED, .object = &queue->object, .peer = message->sender, .id = message->id,
          .cause = message->in_reply_to, .size = message->size);
    lock_acquire(&queue->object.lock);
    if (message->queued)
        message_remove_locked(queue, message);
    queue->answers[message->id % MESSAGE_ANSWERS] =
        (struct message_answer){.id = message->id, .sender = message->sender};
    lock_release(&queue->object.lock);
}

enum status message_scrap(struct message_queue *queue, uint32_t id) {
    lock_acquire(&queue->object.lock);
    struct message *message = message_find_locked(queue, id);
    if (message != 0)
        message_remove_locked(queue, message);
    lock_release(&queue->object.lock);
    if (message == 0)
        return STATUS_NOTHING;
    trace(.operation = TRACE_MESSAGE_SCRAPPED, .object = &queue->object, .peer = message->sender, .id = message->id,
          .cause = message->in_reply_to, .size = message->size);
    message_free(message);
    return STATUS_OK;
}
