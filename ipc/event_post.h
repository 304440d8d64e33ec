// Posts: the places of events that other processes send. What event.c and event_post.c need of each other.
#pragma once

#include "ipc/event.h"

// Puts an entry at the end and wakes one waiter. The queue's lock is held.
void event_queue_append_locked(struct event_queue *queue, struct notice *notice);

// Frees the place of a post that is off the list and wakes a sender that waits for one; says who was charged for it. The
// queue's lock is held; event_post_discharge follows without it.
struct account *event_post_free_locked(struct event_queue *queue, struct event_post *post);
void event_post_discharge(struct account *account);
