// Sending messages: room in the receiver's queue, its event, and the right to answer.
#include "ipc/message_queue.h"

#include "kernel/base/debugger.h"
#include "kernel/base/string.h"
#include "kernel/memory/heap.h"
#include "kernel/object/trace.h"

// ---- the hash grows outside the lock ----

// Doubles twice; without memory for it the chains stay long, and nothing fails.
__attribute__((noinline)) static void hash_grow(struct message_queue *queue) {
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
__attribute__((noinline)) static enum status room_find(struct message_queue *queue, uint64_t deadline) {
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

static bool has_room(const struct message_queue *queue) {
    return queue->message_count < MESSAGE_QUEUE_CAPACITY && !queue->closed;
}

static void enter_locked(struct message_queue *queue, struct message *message) {
    bool awaited = !wait_queue_is_empty(&queue->object.waiters);
    if (awaited && message_hand_over_locked(queue, message))
        return;
    message_enter_locked(queue, message, false);
    if (awaited)
        message_wake_locked(queue, message);
}

// ---- what a debugger kept ----

static void kept_finish(struct kept_operation *kept, bool drop) {
    struct message_queue *queue = (struct message_queue *)kept->object;
    struct message *message = kept->what;
    lock_acquire(&queue->object.lock); // whoever posted it has left it
    bool gone = drop || queue->closed;
    if (!gone)
        enter_locked(queue, message);
    lock_release(&queue->object.lock);
    if (gone)
        message_free(message);
    object_release(&queue->object);
}

// True: it was kept from entering the queue, as if it had been taken from there at once.
__attribute__((noinline, cold)) static bool note_locked(struct message_queue *queue, struct message *message) {
    bool answers = message->in_reply_to != 0;
    struct trace_note note = {.operation = answers ? TRACE_MESSAGE_ANSWERED : TRACE_MESSAGE_SENT,
                              .object = &queue->object,
                              .peer = queue->object.account->process,
                              .id = message->id,
                              .cause = message->in_reply_to,
                              .size = message->size};
    struct kept_operation kept = {.finish = kept_finish, .object = &queue->object, .what = message};
    uint32_t options = (answers ? 0 : TRACE_MAY_DROP) | TRACE_MAY_HOLD | TRACE_MAY_REORDER;
    return trace_ask_or_keep(&note, options, &kept) != TRACE_GO;
}

static enum status post_locked(struct message_queue *queue, struct message *message, uint64_t deadline) {
    if (!has_room(queue) && message->in_reply_to == 0) {
        enum status status = room_find(queue, deadline);
        if (status != STATUS_OK)
            return status;
    }
    if (queue->closed)
        return STATUS_PEER_DIED;
    queue->object.operations++;
    message->id = message_id_make_locked(queue);
    if (trace_is_on() && note_locked(queue, message))
        return STATUS_OK;
    enter_locked(queue, message);
    return STATUS_OK;
}

enum status message_post(struct message *message, struct process *to, uint64_t deadline, uint32_t *id) {
    struct message_queue *queue = message_queue_of(to);
    lock_acquire(&queue->object.lock);
    queue->notice_target = to->notice_target;
    enum status status = post_locked(queue, message, deadline);
    if (status == STATUS_OK)
        *id = message->id; // it may be taken as soon as the lock is free
    bool crowded = message_hash_is_crowded(queue);
    lock_release(&queue->object.lock);
    if (__builtin_expect(crowded, 0))
        hash_grow(queue);
    return status;
}

// ---- small messages, straight to who waits ----

static void block_fill(struct message *block, const struct message_small *small, uint32_t id) {
    block->id = id;
    block->sender = small->from->id;
    block->user = small->from->user;
    block->in_reply_to = 0;
    block->size = block->inside = small->size;
    memcpy(message_bytes(block), small->bytes, small->size);
}

// False: a debugger is to be asked of it, which takes a message that can be kept.
__attribute__((noinline, cold)) static bool hand_note_locked(struct message_queue *queue, const struct message *block) {
    if (trace_asks)
        return false;
    trace(.operation = TRACE_MESSAGE_SENT, .object = &queue->object, .peer = queue->object.account->process,
          .id = block->id, .size = block->size);
    return true;
}

static bool hand_locked(struct message_queue *queue, const struct message_small *small) {
    struct waiter *waiter = TAILQ_FIRST(&queue->object.waiters.list);
    if (waiter == 0)
        return false;
    struct message_sleeper *sleeper = (struct message_sleeper *)(uintptr_t)waiter->key;
    if (sleeper->block == 0 || sleeper->size < small->size)
        return false;
    block_fill(sleeper->block, small, message_id_make_locked(queue));
    if (trace_is_on() && !hand_note_locked(queue, sleeper->block))
        return false;
    sleeper->given = sleeper->block;
    if (wait_queue_hand_over(&queue->object.waiters, waiter))
        return true;
    sleeper->given = 0; // its deadline passed, or it was killed
    return false;
}

enum status message_hand(const struct process *to, const struct message_small *small, uint32_t *id) {
    struct message_queue *queue = message_queue_of(to);
    lock_acquire(&queue->object.lock);
    queue->notice_target = to->notice_target;
    bool handed = hand_locked(queue, small);
    *id = queue->next_id;
    queue->object.operations += handed;
    lock_release(&queue->object.lock);
    return handed ? STATUS_OK : STATUS_NOTHING;
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
