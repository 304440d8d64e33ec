// Messages: blocks of bytes to a process id, kept in the kernel until the receiver takes or scraps them by their id.
// Source: seeds/002, "Messages".
//
// Each process has one queue. An id is made by the receiving queue: never 0, and never one that is pending there. A message
// raises EVENT_MESSAGE by a notice of its own, which is gone again when the message is taken first; so one that is handed straight
// to a thread that sleeps in message_next raises it only if that thread fails to take it. A small one is put for that into a block
// that the sleeping thread brought along: it is at no time "sent, not received", so nobody is charged. A pending message is found by id
// through a hash that grows with the queue; where it cannot grow the chains only get longer.
//
// A reply names the message that it answers. It is accepted once, from a process that took that very message from the
// addressee's sending, so it cannot be forged; the queue remembers the last MESSAGE_ANSWERS it took. A reply was asked for:
// it needs no gate and no room in the queue, raises no event, and is charged to the asker, not to who answers, so that a client
// that collects no replies cannot use up its server's limits. (R-B3)
//
// Rules: no function but the *_locked ones may be called with a lock held. The queue is an object that outlives its process, closed.
#pragma once

#include "kernel/abi/message.h"
#include "kernel/memory/chain.h"
#include "kernel/object/notice.h"
#include "kernel/process/process.h"

enum {
    MESSAGE_SMALL_MAX = 128,   // bytes that are handed straight to a thread that sleeps in message_next
    MESSAGE_INLINE_MAX = 1024, // bytes kept in the heap block itself; longer ones in a chain of pages
    MESSAGE_ANSWERS = 512,
    MESSAGE_FIRST_BUCKETS = 16,
    MESSAGE_BUCKETS_MAX = 4096,
};

// Fields without a letter are set before it is queued and do not change.
struct message {
    TAILQ_ENTRY(message) link; // [q] in the order of arrival
    struct message *next;      // [q] in its bucket
    uint32_t id;
    uint32_t sender; // process id
    uint32_t user;
    uint32_t in_reply_to;
    uint32_t size;
    uint32_t inside; // so many of its bytes, the first ones, are in the block itself
    uint32_t number_count;
    bool queued;             // [q] it is in the queue; else it was handed to a thread that waited for it
    bool claimed;            // [q] a thread is copying it out: for all others it is gone
    bool told;               // [q] its notice was raised
    struct account *account; // charged for it, a reference; null: a block that a receiver brought along
    struct notice
        notice; // set up when it is raised. No reference to its target: the receiver outlives what is in its queue
    struct chain chain;          // of the other bytes
    struct number_cargo cargo[]; // then the bytes inside
};

TAILQ_HEAD(message_list, message);

struct message_answer {
    uint32_t id;
    uint32_t sender;
};

// A thread that waits for a message of a certain process: to be woken when that one ends.
struct message_awaiter {
    LIST_ENTRY(message_awaiter) link; // [lock of the sender's queue]
    struct message_queue *queue;      // of the waiting thread
    bool listed;
};

LIST_HEAD(message_awaiter_list, message_awaiter);

// Letter [q]: the queue's lock.
struct message_queue {
    struct object object;                // its waiters wait for messages; their key is their struct message_sleeper
    struct notice_target *notice_target; // [I] its process's, set before anything is posted; not a reference
    struct message_list messages;        // [q] all but replies
    struct message_list replies;         // [q]
    uint32_t message_count, reply_count; // [q]
    uint32_t next_id;                    // [q]
    bool closed;                         // [q], and [a] for waiting threads of others
    struct message **buckets;            // [q] first_buckets, or a heap block
    uint32_t bucket_count;               // [q] a power of two
    struct message *first_buckets[MESSAGE_FIRST_BUCKETS];
    struct message_answer *answers; // [q] messages taken and not answered, by the low bits of the id; null: none yet
    struct message *spare;          // [a] a block for a thread that is going to sleep; null: none
    struct wait_queue room;         // [q] senders that wait
    struct message_awaiter_list awaiters; // [q]
};

extern const struct object_type message_queue_type;

static inline struct message_queue *message_queue_of(const struct process *process) {
    return process->attachments[ATTACHMENT_MESSAGES];
}

// ---- a message ----

// Makes an empty one of `size` bytes, charged to `account`. TOO_LARGE, LIMIT_REACHED, NO_MEMORY.
enum status message_create(struct account *account, size_t size, uint32_t number_count, struct message **message);

// Frees it, what travelled with it, and its charges. It is in no queue.
void message_free(struct message *message);

static inline uint8_t *message_bytes(const struct message *message) {
    return (uint8_t *)(message->cargo + message->number_count);
}

static inline bool message_is_chained(const struct message *message) {
    return message->size > message->inside;
}

static inline enum status message_copy_in(struct message *message, struct user_address from) {
    enum status status = user_copy_in(message_bytes(message), from, message->inside);
    if (status == STATUS_OK && message_is_chained(message))
        status = chain_copy_in(&message->chain, user_address_add(from, message->inside));
    return status;
}

static inline enum status message_copy_out(const struct message *message, struct user_address to) {
    enum status status = user_copy_out(to, message_bytes(message), message->inside);
    if (status == STATUS_OK && message_is_chained(message))
        status = chain_copy_out(&message->chain, user_address_add(to, message->inside));
    return status;
}

// ---- sending ----

// Queues it for `to`, or hands it to a thread that waits there; from then on it is the queue's. PEER_FULL (the deadline was now), TIMED_OUT, INTERRUPTED, PEER_DIED:
// it is still the caller's.
enum status message_post(struct message *message, struct process *to, uint64_t deadline, uint32_t *id);

// A message of at most MESSAGE_SMALL_MAX bytes, without numbers, no reply.
struct message_small {
    const struct process *from;
    const void *bytes;
    uint32_t size;
};

// Whether it is worth trying message_hand: somebody seems to wait.
static inline bool message_is_awaited(const struct message_queue *queue) {
    return !wait_queue_is_empty(&queue->object.waiters);
}

// Hands it to the thread that has waited longest in message_next. NOTHING: there is none with a block, and it is not sent.
enum status message_hand(const struct process *to, const struct message_small *small, uint32_t *id);

// Takes the right to answer message `id` of `asker` out of the answerer's queue, or puts it back when answering failed.
// INVALID_ARGUMENT: no such message was taken from that process, or it was answered, or it is forgotten.
enum status message_answer_take(struct message_queue *queue, uint32_t id, uint32_t asker);
void message_answer_restore(struct message_queue *queue, uint32_t id, uint32_t asker);

// ---- receiving ----

// Waits until a message that `filter` (null: any but replies) lets through is pending and tells of it. WOULD_WAIT, TIMED_OUT,
// INTERRUPTED; PEER_DIED: the filter names a sender that has ended.
enum status message_wait(struct message_queue *queue, const struct message_filter *filter, uint64_t deadline,
                         struct message_information *information);

// What a thread takes. `message` and `waiting` are set with OK, `information` with TOO_SMALL.
struct message_taking {
    size_t size; // of the thread's buffer
    struct message *message;
    bool handed;      // it is in the block that the thread brought along, and counts as taken
    uint32_t waiting; // as in struct message_information
    struct message_information information;
};

// Claims a message for the calling thread: by id (NOTHING: it is not pending), or the first that is no reply (waits as
// message_wait). TOO_SMALL: longer than `size`, it stays.
enum status message_claim(struct message_queue *queue, uint32_t id, struct message_taking *taking);
enum status message_claim_first(struct message_queue *queue, uint64_t deadline, struct message_taking *taking);

void message_inform(const struct message *message, uint32_t waiting, struct message_information *information);

// Ends a claim: the message is pending again where it stood; or it is off the queue, the caller's, and may be answered.
void message_unclaim(struct message_queue *queue, struct message *message);
void message_finish(struct message_queue *queue, struct message *message);

// After a message was handed over: the block goes back; or the message could not be copied out and becomes a pending one.
void message_block_return(struct message_queue *queue, struct message *block);
void message_refuse(struct message_queue *queue, struct message *block);

// What message_finish needs so that it cannot fail. NO_MEMORY.
enum status message_answers_prepare(struct message_queue *queue);

// Drops a pending message. NOTHING: it is not pending.
enum status message_scrap(struct message_queue *queue, uint32_t id);
