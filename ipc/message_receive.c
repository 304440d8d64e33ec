// Receiving messages: claimed by one thread, copied out without the lock, then taken off the queue or pending again.
//
// Between claim and finish nobody else sees the message, and a copy that fails changes nothing.
#include "ipc/message_queue.h"

#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"

// The message is found and the lock is held. One that is too long goes to the next who waits for it.
static enum status claim_locked(struct message_queue *queue, struct message *message, size_t size,
                                struct message_information *information) {
    message_inform_locked(queue, message, information);
    if (message->size > size) {
        message_wake_locked(queue, message);
        return STATUS_TOO_SMALL;
    }
    message->claimed = true;
    return STATUS_OK;
}

enum status message_claim(struct message_queue *queue, uint32_t id, size_t size,
                          struct message_information *information, struct message **message) {
    enum status status = STATUS_NOTHING;
    lock_acquire(&queue->object.lock);
    *message = message_find_locked(queue, id);
    if (*message != 0)
        status = claim_locked(queue, *message, size, information);
    lock_release(&queue->object.lock);
    return status;
}

enum status message_claim_first(struct message_queue *queue, size_t size, uint64_t deadline,
                                struct message_information *information, struct message **message) {
    struct wait_for wait = {.object = &queue->object, .reason = WAIT_MESSAGE, .deadline = deadline};
    enum status status = STATUS_OK;
    bool late = false;
    lock_acquire(&queue->object.lock);
    while ((*message = message_first_locked(queue, 0)) == 0 && status == STATUS_OK) {
        status = late ? STATUS_TIMED_OUT : wait_queue_sleep(&queue->object.waiters, &queue->object.lock, &wait);
        if (status == STATUS_TIMED_OUT && !late) {
            late = true;
            status = STATUS_OK;
        }
    }
    if (*message != 0)
        status = claim_locked(queue, *message, size, information);
    lock_release(&queue->object.lock);
    return status;
}

void message_unclaim(struct message_queue *queue, struct message *message) {
    lock_acquire(&queue->object.lock);
    message->claimed = false;
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
    lock_acquire(&queue->object.lock);
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
    message_free(message);
    return STATUS_OK;
}
