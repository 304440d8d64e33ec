// Waiting: the one way in which a thread blocks, and the wait record that it leaves while it does.
//
// Rules: check the condition and sleep under one lock, change the condition and wake under the same lock: no wake-up is lost
// (R-B1). A sleeper is on one queue. Wake-ups may be early: check again. Who ends the wait (a waker, the deadline, a kill) is
// settled by one atomic exchange; only a waker touches the queue, a sleeper that was ended otherwise takes itself off when
// it holds the lock again.
#pragma once

#include <bsd/sys/queue.h>
#include <stdbool.h>

#include "kernel/abi/object.h"
#include "kernel/abi/status.h"
#include "kernel/sync/lock.h"

struct object;
struct thread;

struct waiter {
    TAILQ_ENTRY(waiter) link; // [lock of the queue]
    struct thread *thread;    // [I]
    uint64_t key;             // what a waker may select by (futex address, message id); 0: any
    bool queued;
};

struct wait_queue {
    TAILQ_HEAD(waiter_list, waiter)
    list;
};

static inline void wait_queue_start(struct wait_queue *queue) {
    TAILQ_INIT(&queue->list);
}

static inline bool wait_queue_is_empty(const struct wait_queue *queue) {
    return queue->list.tqh_first == 0;
}

// What a thread waits for; the wait record. Lives in struct thread.
struct wait_record {
    const void *identity; // what is waited for, to compare with only: an object, or a process for its private memory
    uint64_t object;      // id; 0: a time, or private memory
    enum wait_reason reason;
    uint64_t key;
    uint64_t since; // by the processor's counter
    uint64_t deadline;
};

struct wait_for {
    struct object *object;
    enum wait_reason reason;
    uint64_t key;
    uint64_t deadline;
};

// Releases `lock`, sleeps on `queue`, takes `lock` again. OK: woken (perhaps early). WOULD_WAIT: the deadline is DEADLINE_NOW,
// nothing was done. TIMED_OUT: the deadline passed. INTERRUPTED: something is demanded of the
// thread (it is to end, or to run an upcall); go back to user mode at once.
enum status wait_queue_sleep(struct wait_queue *queue, struct lock *lock, const struct wait_for *wait);

// ---- the short way: for waits whose waker claims the sleeper and leaves it nothing to check ----

struct wait_manner {
    struct wait_queue *queue; // null: on none, and only who knows the thread can end the wait
    struct thread *next;      // claimed: gets the CPU, unless a more urgent one is ready; null: the scheduler chooses
    // Asked once the thread counts as waiting and the lock is free: whether nobody can ever wake it. May be null.
    bool (*is_hopeless)(struct thread *thread);
};

// As wait_queue_sleep, but returns without the lock. OK: it was claimed or woken. DEADLOCK: it is hopeless. The deadline is not
// DEADLINE_NOW.
enum status wait_sleep(struct lock *lock, const struct wait_for *wait, const struct wait_manner *manner);

// Ends the wait of a thread that is on no queue, but does not make it ready yet: that is left to the caller (wait_manner.next,
// scheduler_ready). False: its wait ended otherwise already.
bool wait_claim(struct thread *thread);

// The same for a sleeper of a queue, whose lock is held.
bool wait_queue_claim(struct wait_queue *queue, struct waiter *waiter);

// Wakes at most `count` sleepers, the longest waiting first; returns how many. The queue's lock is held.
uint32_t wait_queue_wake(struct wait_queue *queue, uint32_t count);

// Wakes the one that waits longest. False: nobody waits.
bool wait_queue_wake_one(struct wait_queue *queue);

// As wait_queue_wake, only sleepers with this key.
uint32_t wait_queue_wake_key(struct wait_queue *queue, uint64_t key, uint32_t count);

// Wakes one sleeper of the queue, wherever it stands. False: its wait ended otherwise already.
bool wait_queue_wake_waiter(struct wait_queue *queue, struct waiter *waiter);

// As wait_queue_wake_waiter, for a waker that gave the sleeper what it waits for and is likely to wait next (scheduler_ready_next).
bool wait_queue_hand_over(struct wait_queue *queue, struct waiter *waiter);

static inline void wait_queue_wake_all(struct wait_queue *queue) {
    if (!wait_queue_is_empty(queue))
        wait_queue_wake(queue, UINT32_MAX);
}

// Whether the wait that a thread is in, or is about to begin, is not to be broken off by an upcall, as the call could not be made
// anew: the other side has begun with what it asked for, or may have.
enum { WAIT_KEY_ANSWER = 1 }; // of a wait for a link: it is for the answer to what was sent
bool wait_defers_upcalls(const struct thread *thread);

// Breaks off a thread's wait, if it waits.
void wait_interrupt(struct thread *thread);

// The deadline timer's function.
struct timer;
void wait_deadline_passed(struct timer *timer);
