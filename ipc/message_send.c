// Sending messages: room in the receiver's queue, its event, and the right to answer.
#include "ipc/message_queue.h"

#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"

// ---- the hash grows outside the lock ----

// Doubles twice; without memory for it the chains stay long, and nothing fails.
static void hash_grow(struct message_queue *queue) {
    uint32_t count = queue->bucket_count * 4;
    struct message **buckets = heap_allocate(count * sizeof(struct message *));
    if (buckets == 0)
        return;
    struct message **unused = buckets;
    lock_acquire(&queue->object.lock);
    if (count > queue->bucket_count)
        unused = message_hash_replace_locked(queue, buckets, count);
    lock_release(&queue->object.lock);
    heap_free(unused);
}

// ---- posting ----

// Until there is room; the lock is held, and let go meanwhile.
static enum status room_find(struct message_queue *queue, uint64_t deadline) {
    struct wait_for wait = {.object = &queue->object, .reason = WAIT_MESSAGE_ROOM, .deadline = deadline};
    while (!queue->closed && queue->message_count >= MESSAGE_QUEUE_CAPACITY) {
        enum status status = wait_queue_sleep(&queue->room, &queue->object.lock, &wait);
        if (status == STATUS_WOULD_WAIT)
            return STATUS_PEER_FULL;
        if (status != STATUS_OK && !queue->closed)
            return status;
    }
    return STATUS_OK;
}

static void arrival_tell(struct message *message) {
    EVENT event = {
        .Type = EVENT_MESSAGE,
        .Data1 = message->id,
        .Data2 = message->size,
        .Data3 = message->sender,
    };
    notice_raise(&message->notice, &event);
}

static enum status post_locked(struct message_queue *queue, struct message *message, uint64_t deadline) {
    bool reply = message->in_reply_to != 0;
    enum status status = reply ? STATUS_OK : room_find(queue, deadline);
    if (status != STATUS_OK)
        return status;
    if (queue->closed)
        return STATUS_PEER_DIED;
    message_enter_locked(queue, message);
    if (!reply)
        arrival_tell(message);
    if (!wait_queue_is_empty(&queue->object.waiters))
        message_wake_locked(queue, message);
    return STATUS_OK;
}

enum status message_post(struct message *message, struct process *to, uint64_t deadline, uint32_t *id) {
    struct message_queue *queue = message_queue_of(to);
    notice_start(&message->notice, to->notice_target, 0, queue->object.id);
    message->notice.process = message->sender;
    message->notice.user = message->user;
    lock_acquire(&queue->object.lock);
    enum status status = post_locked(queue, message, deadline);
    *id = status == STATUS_OK ? message->id : MESSAGE_ID_NONE;
    bool crowded = message_hash_is_crowded(queue);
    lock_release(&queue->object.lock);
    if (crowded)
        hash_grow(queue);
    return status;
}

// ---- the right to answer ----

static struct message_answer *answer_at(struct message_queue *queue, uint32_t id) {
    return &queue->answers[id % MESSAGE_ANSWERS];
}

enum status message_answer_take(struct message_queue *queue, uint32_t id, uint32_t asker) {
    enum status status = STATUS_INVALID_ARGUMENT;
    lock_acquire(&queue->object.lock);
    struct message_answer *answer = queue->answers != 0 ? answer_at(queue, id) : 0;
    if (answer != 0 && answer->id == id && answer->sender == asker) {
        *answer = (struct message_answer){0};
        status = STATUS_OK;
    }
    lock_release(&queue->object.lock);
    return status;
}

void message_answer_restore(struct message_queue *queue, uint32_t id, uint32_t asker) {
    lock_acquire(&queue->object.lock);
    struct message_answer *answer = answer_at(queue, id);
    if (answer->id == MESSAGE_ID_NONE) // a newer message may have the place by now
        *answer = (struct message_answer){.id = id, .sender = asker};
    lock_release(&queue->object.lock);
}
