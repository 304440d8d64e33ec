// Events from other processes: charged to their sender, given a place in the receiver's queue, refused when there is none.
#include "ipc/event_post.h"

#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/base/string.h"
#include "kernel/memory/heap.h"
#include "kernel/object/trace.h"

// Their kinds have different bounds: each looks for itself.
__attribute__((noinline)) static void senders_wake(struct event_queue *queue) {
    wait_queue_wake_all(&queue->room);
}

struct account *event_post_free_locked(struct event_queue *queue, struct event_post *post) {
    if (queue->motion == post)
        queue->motion = 0;
    post->next_free = queue->free_posts;
    queue->free_posts = post;
    queue->post_count--;
    if (__builtin_expect(!wait_queue_is_empty(&queue->room), 0))
        senders_wake(queue);
    return post->account;
}

void event_post_discharge(struct account *account) {
    account_discharge(account, ACCOUNT_EVENTS, 1);
    object_release(&account->object);
}

// ---- places ----

static void chunk_add_locked(struct event_queue *queue, struct event_chunk *chunk) {
    chunk->next = queue->chunks;
    queue->chunks = chunk;
    for (size_t i = 0; i < EVENT_CHUNK_POSTS; i++) {
        chunk->posts[i].next_free = queue->free_posts;
        queue->free_posts = &chunk->posts[i];
    }
}

// Makes more places; the lock is let go for it. Another thread may have done so, too: then there are more than needed.
__attribute__((noinline)) static enum status places_make(struct event_queue *queue) {
    lock_release(&queue->object.lock);
    struct event_chunk *chunk = heap_allocate(sizeof(struct event_chunk));
    lock_acquire(&queue->object.lock);
    if (chunk == 0)
        return STATUS_NO_MEMORY;
    chunk_add_locked(queue, chunk);
    return STATUS_OK;
}

static uint32_t capacity_for(uint32_t type) {
    return event_type_is_input(type) ? EVENT_QUEUE_CAPACITY : EVENT_STRANGER_CAPACITY;
}

// How many of the queue's places an account's posts have: all that bear its name, but for those that are free again.
static uint32_t places_of(const struct event_queue *queue, const struct account *account) {
    uint32_t count = 0;
    for (const struct event_chunk *chunk = queue->chunks; chunk != 0; chunk = chunk->next)
        for (size_t i = 0; i < EVENT_CHUNK_POSTS; i++)
            count += chunk->posts[i].account == account;
    for (const struct event_post *post = queue->free_posts; post != 0; post = post->next_free)
        count -= post->account == account;
    return count;
}

// One stranger leaves places to the others (R-B3). Looked at only where the queue fills up.
static bool share_is_spent(const struct event_queue *queue, const struct event_posting *posting) {
    return queue->post_count >= EVENT_STRANGER_SHARE && !event_type_is_input(posting->event->Type) &&
           posting->sender->account != queue->object.account &&
           places_of(queue, posting->sender->account) >= EVENT_STRANGER_SHARE;
}

// Tells the receiver, once it comes to it, that something was refused.
static void overflow_note(struct event_queue *queue) {
    struct notice *overflow = &queue->overflow;
    bool first = !overflow->queued;
    overflow->count = first ? 1 : overflow->count + 1;
    overflow->event = (EVENT){.Type = EVENT_OVERFLOW, .Data1 = overflow->count};
    if (first)
        event_queue_append_locked(queue, overflow);
}

static enum status room_wait(struct event_queue *queue, uint64_t deadline) {
    struct wait_for wait = {.object = &queue->object, .reason = WAIT_EVENT_ROOM, .deadline = deadline};
    enum status status = wait_queue_sleep(&queue->room, &queue->object.lock, &wait);
    if (!queue->closed && (status == STATUS_WOULD_WAIT || status == STATUS_TIMED_OUT))
        overflow_note(queue);
    return status == STATUS_WOULD_WAIT ? STATUS_PEER_FULL : status;
}

// Until a place is free. The queue's lock is held, and let go meanwhile.
static enum status place_find(struct event_queue *queue, const struct event_posting *posting) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        if (queue->closed)
            return STATUS_PEER_DIED;
        if (queue->post_count >= capacity_for(posting->event->Type) || share_is_spent(queue, posting))
            status = room_wait(queue, posting->deadline);
        else if (queue->free_posts == 0)
            status = places_make(queue);
        else
            break;
    }
    return queue->closed ? STATUS_PEER_DIED : status;
}

// ---- mouse motion ----

static bool event_is_motion(const EVENT *event) {
    return event->Type == EVENT_MOUSE && event->Action == MOUSE_MOVED;
}

// Motion adds up with pending motion of the same sender as long as no other mouse event lies between: a slow receiver's
// queue does not fill with it (R-B13), a click is where it was, and nothing of the way is lost.
static bool motion_merge(struct event_queue *queue, const struct event_posting *posting) {
    struct event_post *motion = queue->motion;
    if (motion == 0 || motion->notice.process != posting->sender->id)
        return false;
    EVENT *event = &motion->notice.event;
    event->Data1 += posting->event->Data1;
    event->Data2 += posting->event->Data2;
    event->Data3 = posting->event->Data3;
    motion->notice.count++;
    return true;
}

// ---- posting ----

// Among the outcomes: a debugger kept the event.
static const enum status POST_KEPT = (enum status)1;

static void kept_finish(struct kept_operation *kept, bool drop) {
    struct process *sender = (struct process *)kept->sender;
    EVENT event;
    struct event_posting posting = {.event = &event, .sender = sender, .deadline = DEADLINE_NOW};
    memcpy(&event, kept->words, sizeof(event));
    if (!drop && event_queue_post((struct event_queue *)kept->object, &posting) != STATUS_OK)
        log_line("debugger: the queue of %s[%u] had no room for the event that was kept", kept->object->name,
                 kept->object->account->process);
    object_release(kept->object);
    object_release(kept->sender);
}

// True: it is kept from the queue.
__attribute__((noinline, cold)) static bool note_locked(struct event_queue *queue,
                                                        const struct event_posting *posting) {
    struct trace_note note = {.operation = TRACE_EVENT_SENT,
                              .object = &queue->object,
                              .peer = queue->object.account->process,
                              .id = posting->event->Type,
                              .size = sizeof(EVENT)};
    enum trace_verdict verdict =
        trace_ask(&note, TRACE_MAY_DROP | TRACE_MAY_HOLD | TRACE_MAY_DUPLICATE | TRACE_MAY_REORDER);
    if (verdict == TRACE_GO)
        return false;
    struct kept_operation kept = {.finish = kept_finish, .object = &queue->object, .sender = &posting->sender->object};
    memcpy(kept.words, posting->event, sizeof(EVENT));
    trace_keep(&kept);
    return verdict != TRACE_DUPLICATE;
}

static inline __attribute__((always_inline)) enum status post_append(struct event_queue *queue,
                                                                     const struct event_posting *posting) {
    if (trace_is_on() && note_locked(queue, posting))
        return POST_KEPT;
    struct event_post *post = queue->free_posts;
    struct account *account = posting->sender->account;
    queue->free_posts = post->next_free;
    queue->post_count++;
    post->account = account;
    object_retain(&account->object);
    post->notice.event = *posting->event;
    post->notice.count = 1;
    post->notice.process = posting->sender->id;
    post->notice.user = posting->sender->user;
    event_queue_append_locked(queue, &post->notice);
    return STATUS_OK;
}

// All but the plain case. NOTHING: merged, no place was needed. The queue's lock is held.
__attribute__((noinline)) static enum status post_slowly(struct event_queue *queue,
                                                         const struct event_posting *posting) {
    const EVENT *event = posting->event;
    if (event_is_motion(event) && motion_merge(queue, posting))
        return STATUS_NOTHING;
    enum status status = place_find(queue, posting);
    if (status != STATUS_OK)
        return status;
    struct event_post *place = queue->free_posts;
    status = post_append(queue, posting);
    if (event->Type == EVENT_MOUSE && status == STATUS_OK)
        queue->motion = event_is_motion(event) ? place : 0;
    return status;
}

static bool is_plain(const struct event_queue *queue, uint32_t type) {
    return event_type_is_user(type) && queue->free_posts != 0 && queue->post_count < EVENT_STRANGER_SHARE &&
           !queue->closed;
}

enum status event_queue_post(struct event_queue *queue, const struct event_posting *posting) {
    struct account *account = posting->sender->account;
    enum status status = account_charge(account, ACCOUNT_EVENTS, 1);
    if (status != STATUS_OK)
        return status;
    lock_acquire(&queue->object.lock);
    if (is_plain(queue, posting->event->Type))
        status = post_append(queue, posting);
    else
        status = post_slowly(queue, posting);
    lock_release(&queue->object.lock);
    if (__builtin_expect(status != STATUS_OK, 0)) {
        account_discharge(account, ACCOUNT_EVENTS, 1);
        if (status == POST_KEPT)
            return STATUS_OK;
        trace(.operation = TRACE_EVENT_SENT, .object = &queue->object, .peer = queue->object.account->process,
              .id = posting->event->Type, .size = sizeof(EVENT),
              .status = status == STATUS_NOTHING ? STATUS_OK : status);
    }
    return status == STATUS_NOTHING ? STATUS_OK : status;
}
