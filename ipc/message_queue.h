// The inside of a message queue: what the files of messages need of each other. The queue's lock is held for all of it.
#pragma once

#include "ipc/message.h"

// A pending message by its id, claimed ones left out; null: none.
struct message *message_find_locked(struct message_queue *queue, uint32_t id);

// Enters a message under a fresh id, or takes it out and wakes senders that wait for room.
void message_enter_locked(struct message_queue *queue, struct message *message);
void message_remove_locked(struct message_queue *queue, struct message *message);

// The hash is too small for what is in it.
bool message_hash_is_crowded(const struct message_queue *queue);

// Replaces the hash by a larger one made by the caller; says the old one where it has to be freed.
struct message **message_hash_replace_locked(struct message_queue *queue, struct message **buckets, uint32_t count);

// The first message that a filter lets through; null: none.
struct message *message_first_locked(const struct message_queue *queue, const struct message_filter *filter);

// Wakes the thread that has waited longest for a message like this.
void message_wake_locked(struct message_queue *queue, const struct message *message);

void message_inform_locked(const struct message_queue *queue, const struct message *message,
                           struct message_information *information);

// ---- message_wait.c; no lock is held ----

// A process has ended: wakes the threads that wait for its messages.
void message_awaiters_tell(struct message_queue *ended);
