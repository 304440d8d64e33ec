// The queue of messages of a process: lists in the order of arrival, a hash by id, and its life.
#include "ipc/message_queue.h"

#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"

// ---- the hash; ids count up, so their low bits spread them evenly ----

static struct message **bucket_of(const struct message_queue *queue, uint32_t id) {
    return &queue->buckets[id & (queue->bucket_count - 1)];
}

static struct message *hash_find(const struct message_queue *queue, uint32_t id) {
    struct message *message = *bucket_of(queue, id);
    while (message != 0 && message->id != id)
        message = message->next;
    return message;
}

static void hash_add(struct message_queue *queue, struct message *message) {
    struct message **bucket = bucket_of(queue, message->id);
    message->next = *bucket;
    *bucket = message;
}

static void hash_remove(struct message_queue *queue, struct message *message) {
    struct message **place = bucket_of(queue, message->id);
    while (*place != message)
        place = &(*place)->next;
    *place = message->next;
}

bool message_hash_is_crowded(const struct message_queue *queue) {
    uint32_t count = queue->message_count + queue->reply_count;
    return count > 2 * queue->bucket_count && queue->bucket_count < MESSAGE_BUCKETS_MAX;
}

struct message **message_hash_replace_locked(struct message_queue *queue, struct message **buckets, uint32_t count) {
    struct message **old = queue->buckets;
    uint32_t old_count = queue->bucket_count;
    queue->buckets = buckets;
    queue->bucket_count = count;
    for (uint32_t i = 0; i < old_count; i++) {
        struct message *message = old[i];
        while (message != 0) {
            struct message *next = message->next;
            hash_add(queue, message);
            message = next;
        }
    }
    return old != queue->first_buckets ? old : 0;
}

struct message *message_find_locked(struct message_queue *queue, uint32_t id) {
    struct message *message = hash_find(queue, id);
    return message != 0 && !message->claimed ? message : 0;
}

// ---- entering and leaving ----

// Goes round, leaving out 0 and the ids that are still pending.
uint32_t message_id_make_locked(struct message_queue *queue) {
    do
        queue->next_id++;
    while (queue->next_id == MESSAGE_ID_NONE || hash_find(queue, queue->next_id) != 0);
    return queue->next_id;
}

static void list_insert(struct message_list *list, struct message *message, bool first) {
    if (first)
        TAILQ_INSERT_HEAD(list, message, link);
    else
        TAILQ_INSERT_TAIL(list, message, link);
}

// Sets the notice up field by field: the rest is set when it is raised.
static void arrival_tell(struct message_queue *queue, struct message *message) {
    EVENT event = {
        .Type = EVENT_MESSAGE,
        .Data1 = message->id,
        .Data2 = message->size,
        .Data3 = message->sender,
    };
    struct notice *notice = &message->notice;
    notice->queued = false;
    notice->target = queue->notice_target;
    notice->owner = 0;
    notice->object = queue->object.id;
    notice->process = message->sender;
    notice->user = message->user;
    notice->take = 0;
    message->told = true;
    notice_raise(notice, &event);
}

void message_enter_locked(struct message_queue *queue, struct message *message, bool first) {
    hash_add(queue, message);
    message->queued = true;
    if (message->in_reply_to != 0) {
        list_insert(&queue->replies, message, first);
        queue->reply_count++;
        return;
    }
    list_insert(&queue->messages, message, first);
    queue->message_count++;
    if (!message->told)
        arrival_tell(queue, message);
}

__attribute__((noinline)) static void sender_wake(struct message_queue *queue) {
    wait_queue_wake(&queue->room, 1);
}

void message_remove_locked(struct message_queue *queue, struct message *message) {
    hash_remove(queue, message);
    message->queued = false;
    if (message->in_reply_to != 0) {
        TAILQ_REMOVE(&queue->replies, message, link);
        queue->reply_count--;
        return;
    }
    TAILQ_REMOVE(&queue->messages, message, link);
    queue->message_count--;
    if (__builtin_expect(!wait_queue_is_empty(&queue->room), 0))
        sender_wake(queue);
}

// ---- filters ----

static bool filter_matches(const struct message_filter *filter, const struct message *message) {
    if (filter == 0)
        return message->in_reply_to == 0;
    return (filter->sender == 0 || filter->sender == message->sender) &&
           (filter->in_reply_to == 0 || filter->in_reply_to == message->in_reply_to);
}

static struct message *list_first(const struct message_list *list, const struct message_filter *filter) {
    struct message *message;
    TAILQ_FOREACH(message, list, link) {
        if (!message->claimed && filter_matches(filter, message))
            return message;
    }
    return 0;
}

struct message *message_first_locked(const struct message_queue *queue, const struct message_filter *filter) {
    struct message *message = list_first(&queue->messages, filter);
    if (message == 0 && filter != 0)
        message = list_first(&queue->replies, filter);
    return message;
}

// ---- sleepers ----

static struct message_sleeper *sleeper_of(const struct waiter *waiter) {
    return (struct message_sleeper *)(uintptr_t)waiter->key;
}

static struct waiter *waiter_for(const struct message_queue *queue, const struct message *message) {
    struct waiter *waiter = TAILQ_FIRST(&queue->object.waiters.list);
    while (waiter != 0 && !filter_matches(sleeper_of(waiter)->filter, message))
        waiter = TAILQ_NEXT(waiter, link);
    return waiter;
}

// A sleeper whose deadline has passed or that was killed stays listed until it runs, and is left out.
void message_wake_locked(struct message_queue *queue, const struct message *message) {
    struct waiter *waiter = TAILQ_FIRST(&queue->object.waiters.list);
    while (waiter != 0) {
        struct waiter *next = TAILQ_NEXT(waiter, link);
        if (filter_matches(sleeper_of(waiter)->filter, message) &&
            wait_queue_wake_waiter(&queue->object.waiters, waiter))
            return;
        waiter = next;
    }
}

bool message_hand_over_locked(struct message_queue *queue, struct message *message) {
    struct waiter *waiter = waiter_for(queue, message);
    if (waiter == 0)
        return false;
    struct message_sleeper *sleeper = sleeper_of(waiter);
    if (!sleeper->takes || sleeper->size < message->size)
        return false;
    sleeper->given = message;
    if (wait_queue_hand_over(&queue->object.waiters, waiter))
        return true;
    sleeper->given = 0;
    return false;
}

void message_inform(const struct message *message, uint32_t waiting, struct message_information *information) {
    *information = (struct message_information){
        .id = message->id,
        .sender = message->sender,
        .user = message->user,
        .in_reply_to = message->in_reply_to,
        .size = message->size,
        .waiting = waiting,
        .number_count = message->number_count,
    };
}

// ---- the object ----

static void queue_destroy(struct object *object) {
    struct message_queue *queue = (struct message_queue *)object;
    assert(queue->message_count == 0 && queue->reply_count == 0);
    heap_free(queue->answers);
    heap_free(queue->spare);
    if (queue->buckets != queue->first_buckets)
        heap_free(queue->buckets);
}

static void queue_describe(struct object *object, struct writer *out) {
    struct message_queue *queue = (struct message_queue *)object;
    lock_acquire(&object->lock);
    uint32_t messages = queue->message_count, replies = queue->reply_count, buckets = queue->bucket_count;
    struct message_information first = {0};
    if (messages > 0)
        message_inform(TAILQ_FIRST(&queue->messages), messages, &first);
    bool closed = queue->closed;
    lock_release(&object->lock);
    writer_format(out, "messages: %u of %u\nreplies: %u\nbuckets: %u\n", messages, MESSAGE_QUEUE_CAPACITY, replies,
                  buckets);
    writer_format(out, "first: id %u from %u, %llu bytes\nclosed: %s\n", first.id, first.sender,
                  (unsigned long long)first.size, closed ? "yes" : "no");
}

// Who waits for any message waits for nobody in particular. For a reply, a message of one process or room, a thread waits for
// the owner of the queue that its wait record names.
static void queue_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    if (reason == WAIT_MESSAGE)
        return;
    edges->count = 1;
    edges->processes[0] = object->account->process;
}

const struct object_type message_queue_type = {
    .name = "messages",
    .kind = OBJECT_MESSAGE_QUEUE,
    .size = sizeof(struct message_queue),
    .lock_rank = RANK_MESSAGES,
    .destroy = queue_destroy,
    .describe = queue_describe,
    .wait_edges = queue_edges,
};

// ---- what each process has ----

static enum status message_process_created(struct process *process) {
    struct object *object;
    enum status status = object_create(&message_queue_type, process->account, process->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct message_queue *queue = (struct message_queue *)object;
    TAILQ_INIT(&queue->messages);
    TAILQ_INIT(&queue->replies);
    LIST_INIT(&queue->awaiters);
    wait_queue_start(&queue->room);
    queue->buckets = queue->first_buckets;
    queue->bucket_count = MESSAGE_FIRST_BUCKETS;
    process->attachments[ATTACHMENT_MESSAGES] = queue;
    return STATUS_OK;
}

// Takes any message out of a closed queue; null: it is empty.
static struct message *queue_take_any(struct message_queue *queue) {
    lock_acquire(&queue->object.lock);
    struct message *message = TAILQ_FIRST(&queue->messages);
    if (message == 0)
        message = TAILQ_FIRST(&queue->replies);
    if (message != 0)
        message_remove_locked(queue, message);
    lock_release(&queue->object.lock);
    return message;
}

static void message_process_ended(struct process *process) {
    struct message_queue *queue = message_queue_of(process);
    lock_acquire(&queue->object.lock);
    __atomic_store_n(&queue->closed, true, __ATOMIC_SEQ_CST);
    wait_queue_wake_all(&queue->object.waiters);
    wait_queue_wake_all(&queue->room);
    lock_release(&queue->object.lock);
    message_awaiters_tell(queue);
    struct message *message;
    while ((message = queue_take_any(queue)) != 0)
        message_free(message);
}

static void message_process_freed(struct process *process) {
    struct message_queue *queue = message_queue_of(process);
    if (queue != 0)
        object_release(&queue->object);
}

SUBSYSTEM(message_subsystem) = {
    .name = "messages",
    .process_created = message_process_created,
    .process_ended = message_process_ended,
    .process_freed = message_process_freed,
};
