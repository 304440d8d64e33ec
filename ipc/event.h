// The event queue of a process: the kernel's notices and the events that other processes send, in the order of arrival.
// Source: seeds/002, "Events (Signals)".
//
// Two kinds of entries stand in one list. A notice of the kernel's brings its own place (kernel/object/notice.h), so raising
// it never fails and never allocates (R-B2). An event from another process is a post: its place comes from the queue, at most
// EVENT_QUEUE_CAPACITY of them (EVENT_STRANGER_CAPACITY for all but input events, so that user-defined events cannot keep
// input out; EVENT_STRANGER_SHARE for those of one stranger, so that it cannot keep the others out), each charged to its sender
// (R-B3). A post that found no place is counted and told by EVENT_OVERFLOW.
//
// Rules: no function but the notice target's may be called with a lock held. The queue is an object; whoever uses it without
// being its process holds a reference. It outlives its process, closed: then notices are dropped and posts get PEER_DIED.
#pragma once

#include "kernel/abi/event.h"
#include "kernel/memory/user.h"
#include "kernel/object/notice.h"
#include "kernel/object/object.h"
#include "kernel/process/process.h"

enum {
    EVENT_STRANGER_CAPACITY = EVENT_QUEUE_CAPACITY - EVENT_QUEUE_CAPACITY / 4,
    EVENT_STRANGER_SHARE = EVENT_STRANGER_CAPACITY / 2,
    EVENT_CHUNK_POSTS = 16,
};

// The place of one event from another process. Told from a kernel notice by its target, which is null.
struct event_post {
    struct notice notice;
    struct account *account; // the sender's, charged for it; a reference
    struct event_post *next_free;
};

struct event_chunk {
    struct event_chunk *next;
    struct event_post posts[EVENT_CHUNK_POSTS];
};

TAILQ_HEAD(notice_list, notice);

struct event_queue {
    struct object object;          // its waiters sleep in event_wait
    struct notice_target target;   // [I] what the process's notices are raised at
    struct notice_list pending;    // [l] in the order of arrival
    uint32_t post_count;           // [l] posts among them
    struct event_post *free_posts; // [l]
    struct event_chunk *chunks;    // [l]
    struct event_post *motion;     // [l] pending mouse motion that more motion may merge into
    struct notice overflow;        // [l] its count is how many were refused since it was taken last
    struct wait_queue room;        // [l] senders that wait for a place
    bool closed;                   // [l] its process ended
};

extern const struct object_type event_queue_type;

static inline struct event_queue *event_queue_of(const struct process *process) {
    return process->attachments[ATTACHMENT_EVENTS];
}

// ---- taking (the process's own threads) ----

// OK: something is pending; TIMED_OUT, WOULD_WAIT, INTERRUPTED. It is also OK when another thread has taken it since.
enum status event_queue_wait(struct event_queue *queue, uint64_t deadline);

// Takes the first pending event and copies it, and who sent it (`source`, may be null), to the program. NOTHING: none is pending, an
// event of all zeros is copied. BAD_ADDRESS and the errors of the notice's `take`: the event stays pending.
enum status event_queue_take(struct event_queue *queue, struct process *taker, struct user_address event,
                             struct user_address source);

// ---- sending ----

struct event_posting {
    const EVENT *event;
    struct process *sender;
    uint64_t deadline; // until when to wait for a place
};

// Whether other processes may send this type with the input right, or freely.
static inline bool event_type_is_input(uint32_t type) {
    return type > NOTHING && type <= EVENT_INPUT_LAST;
}

static inline bool event_type_is_user(uint32_t type) {
    return type >= EVENT_USER;
}

// Queues an event. PEER_FULL (the deadline was now), TIMED_OUT, INTERRUPTED, PEER_DIED, LIMIT_REACHED (the sender's), NO_MEMORY.
enum status event_queue_post(struct event_queue *queue, const struct event_posting *posting);
