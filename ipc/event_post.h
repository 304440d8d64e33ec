// Posts: the places of events that other processes send. What event.c and event_post.c need of each other.
#pragma once

#include "ipc/event.h"
#include "kernel/base/clock.h"

// Wakes one thread that waits for an event. The queue's lock is held.
void event_queue_wake_locked(struct event_queue *queue);

// Puts an entry at the end and wakes one waiter. The queue's lock is held.
static inline void event_queue_append_locked(struct event_queue *queue, struct notice *notice) {
    notice->time = clock_counter();
    notice->queued = true;
    TAILQ_INSERT_TAIL(&queue->pending, notice, link);
    if (__builtin_expect(!wait_queue_is_empty(&queue->object.waiters), 0))
        event_queue_wake_locked(queue);
}

// Takes the first entry off. The queue's lock is held.
static inline void event_queue_remove_first_locked(struct event_queue *queue, struct notice *first) {
    struct notice *second = TAILQ_NEXT(first, link);
    queue->pending.tqh_first = second;
    if (second != 0)
        second->link.tqe_prev = &queue->pending.tqh_first;
    else
        queue->pending.tqh_last = &queue->pending.tqh_first;
    first->queued = false;
}

// Puts an entry back to the front and wakes a thread that found nothing meanwhile. The queue's lock is held.
void event_queue_put_back_locked(struct event_queue *queue, struct notice *notice);

// Frees the place of a post that is off the list and wakes the senders that wait for one; says who was charged for it. The
// queue's lock is held; event_post_discharge follows without it.
struct account *event_post_free_locked(struct event_queue *queue, struct event_post *post);
void event_post_discharge(struct account *account);
