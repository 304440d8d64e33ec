// Receiving messages: claimed by one thread, copied out without the lock, then taken off the queue or pending again.
//
// Between claim and finish nobody else sees the message, and a copy that fails changes nothing.
#include "ipc/message_queue.h"

#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"

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

// Makes a block for the thread to bring along, where there is none; the lock is let go for it. Without memory it does without.
__attribute__((noinline)) static void spare_make(struct message_queue *queue) {
    lock_release(&queue->object.lock);
    struct message *block = message_block_make();
    lock_acquire(&queue->object.lock);
    struct message *unused = queue->spare;
    queue->spare = block != 0 ? block : unused;
    if (block == 0 || unused == 0)
        return;
    lock_release(&queue->object.lock);
    heap_free(unused);
    lock_acquire(&queue->object.lock);
}

// Another sleeper may have left one, too.
__attribute__((noinline)) static void block_free(struct message_queue *queue, struct message *block) {
    lock_release(&queue->object.lock);
    heap_free(block);
    lock_acquire(&queue->object.lock);
}

static void block_return(struct message_queue *queue, struct message *block) {
    if (queue->spare == 0)
        queue->spare = block;
    else if (block != 0)
        block_free(queue, block);
}

// Sleeps once, until a message is handed over or something is to be looked at. The lock is held, and let go meanwhile.
static enum status sleep_once(struct message_queue *queue, uint64_t deadline, struct message_taking *taking) {
    struct message_sleeper sleeper = {.takes = true, .size = taking->size, .block = queue->spare};
    struct wait_for wait = {
        .object = &queue->object,
        .reason = WAIT_MESSAGE,
        .key = (uintptr_t)&sleeper,
        .deadline = deadline,
    };
    queue->spare = 0;
    enum status status = wait_queue_sleep(&queue->object.waiters, &queue->object.lock, &wait);
    taking->message = sleeper.given;
    if (sleeper.given == 0 || sleeper.given != sleeper.block)
        block_return(queue, sleeper.block);
    return status;
}

// Until there is a message; at the deadline it looks a last time.
static enum status first_wait(struct message_queue *queue, uint64_t deadline, struct message_taking *taking) {
    enum status status = STATUS_OK;
    if (queue->spare == 0 && deadline != DEADLINE_NOW) {
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

enum status message_claim_first(struct message_queue *queue, uint64_t deadline, struct message_taking *taking) {
    enum status status = STATUS_OK;
    lock_acquire(&queue->object.lock);
    taking->message = message_first_locked(queue, 0);
    if (taking->message == 0)
        status = first_wait(queue, deadline, taking);
    if (status == STATUS_OK)
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

bool message_finish(struct message_queue *queue, struct message *message) {
    bool keep = message->account == 0 && !message->told;
    lock_acquire(&queue->object.lock);
    if (message->queued)
        message_remove_locked(queue, message);
    queue->answers[message->id % MESSAGE_ANSWERS] =
        (struct message_answer){.id = message->id, .sender = message->sender};
    keep = keep && queue->spare == 0;
    if (keep)
        queue->spare = message;
    lock_release(&queue->object.lock);
    return !keep;
}

enum status message_scrap(struct message_queue *queue, uint32_t id) {
    lock_acquire(&queue->object.lock);
    struct message *message = message_find_locked(queue, id);
    if (message != 0)
        message_remove_locked(queue, message);
    lock_release(&queue->object.lock);
    if (message == 0)
        return STATUS_NOTHING;
    message_free(message);
    return STATUS_OK;
}
