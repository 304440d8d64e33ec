// The inside of a message queue: what the files of messages need of each other. The queue's lock is held for all of it.
#pragma once

#include "ipc/message.h"

// A thread that sleeps until a message comes; the key of its waiter is the address of this.
struct message_sleeper {
    const struct message_filter *filter; // null: any but replies
    bool takes;                          // a message that fits `size` is handed to it
    size_t size;
    struct message *block; // it brought along for a small one; may be null
    struct message *given; // by its waker
};

// A pending message by its id, claimed ones left out; null: none.
struct message *message_find_locked(struct message_queue *queue, uint32_t id);

// Makes a block for a sleeper; null: no memory. No lock is held.
struct message *message_block_make(void);

// Makes a fresh id.
uint32_t message_id_make_locked(struct message_queue *queue);

// Enters a message that has its id: at the end, or `first` at the front, where it is looked for first. Tells the receiver by
// event, unless it is a reply.
void message_enter_locked(struct message_queue *queue, struct message *message, bool first);

// Takes a message out and wakes a sender that waits for room.
void message_remove_locked(struct message_queue *queue, struct message *message);

// The hash is too small for what is in it.
bool message_hash_is_crowded(const struct message_queue *queue);

// Replaces the hash by a larger one made by the caller; says the old one where it has to be freed.
struct message **message_hash_replace_locked(struct message_queue *queue, struct message **buckets, uint32_t count);

// The first message that a filter lets through; null: none.
struct message *message_first_locked(const struct message_queue *queue, const struct message_filter *filter);

// Wakes the thread that has waited longest for a message like this; it looks for itself.
void message_wake_locked(struct message_queue *queue, const struct message *message);

// Hands a message that is in no queue to the thread that has waited longest for one like it. False: there is none, or it only
// wants to look, or has too small a buffer.
bool message_hand_over_locked(struct message_queue *queue, struct message *message);

static inline uint32_t message_waiting_count(const struct message_queue *queue) {
    return queue->message_count + queue->reply_count;
}

// ---- message_wait.c; no lock is held ----

// A process has ended: wakes the threads that wait for its messages.
void message_awaiters_tell(struct message_queue *ended);
