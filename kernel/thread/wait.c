// Waiting: sleeping on a queue under its lock, and ending a sleep exactly once.
//
// A wake-up cannot be lost between the check and the sleep, because both are under the queue's lock:
//
//      sleeper                                  waker
//      lock, condition is false
//      outcome := WAITING, on the queue
//      unlock                                   lock, make the condition true
//      switch away                              outcome: WAITING -> WOKEN, off the queue, ready
//
// The waker may come before the sleeper has left its stack: `switching` keeps other CPUs from running it until it has.
#include "kernel/thread/wait.h"

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/object/object.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/thread.h"

// Ends a wait as `outcome`, if nobody else has.
static bool wait_end(struct thread *thread, enum wait_outcome outcome) {
    uint32_t expected = WAIT_WAITING;
    return __atomic_compare_exchange_n(&thread->outcome, &expected, outcome, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

void wait_deadline_passed(struct timer *timer) {
    struct thread *thread = (struct thread *)((char *)timer - offsetof(struct thread, deadline));
    if (wait_end(thread, WAIT_TIMED_OUT))
        scheduler_ready(thread);
}

void wait_interrupt(struct thread *thread) {
    if (wait_end(thread, WAIT_INTERRUPTED))
        scheduler_ready(thread);
}

static void record_wait(struct thread *thread, const struct wait_for *wait) {
    thread->wait = (struct wait_record){
        .identity = wait->object != 0 ? (const void *)wait->object : thread->process,
        .object = wait->object != 0 ? wait->object->id : 0,
        .reason = wait->reason,
        .key = wait->key,
        .since = clock_counter(),
        .deadline = wait->deadline,
    };
}

static void queue_enter(struct wait_queue *queue, struct waiter *waiter, uint64_t key) {
    waiter->key = key;
    waiter->queued = true;
    TAILQ_INSERT_TAIL(&queue->list, waiter, link);
}

static void queue_leave(struct wait_queue *queue, struct waiter *waiter) {
    TAILQ_REMOVE(&queue->list, waiter, link);
    waiter->queued = false;
}

static enum status outcome_status(enum wait_outcome outcome) {
    switch (outcome) {
    case WAIT_TIMED_OUT:
        return STATUS_TIMED_OUT;
    case WAIT_INTERRUPTED:
        return STATUS_INTERRUPTED;
    case WAIT_HOPELESS:
        return STATUS_DEADLOCK;
    default:
        return STATUS_OK;
    }
}

bool wait_defers_upcalls(const struct thread *thread) {
    if (__atomic_load_n(&thread->upcalls_wait, __ATOMIC_SEQ_CST))
        return true;
    const uint64_t reasons = UINT64_C(1) << WAIT_PORT_CALL | UINT64_C(1) << WAIT_PORT_REPLY | UINT64_C(1) << WAIT_PAGE;
    const struct wait_record *wait = &thread->wait;
    return (reasons >> wait->reason & 1) || (wait->reason == WAIT_LINK && wait->key == WAIT_KEY_ANSWER);
}

_Static_assert(offsetof(struct thread, has_put_off) == offsetof(struct thread, demands) + 1, "two flags in one look");

static inline bool has_something_first(const struct thread *thread) {
    return __atomic_load_n((const uint16_t *)(const void *)&thread->demands, __ATOMIC_SEQ_CST) != 0;
}

// Whoever demands something of a thread looks at its outcome afterwards: one of the two sees the other.
__attribute__((noinline)) static void do_first(struct thread *thread) {
    if (thread->has_put_off)
        thread_catch_up();
    uint32_t demands = __atomic_load_n(&thread->demands, __ATOMIC_SEQ_CST);
    if ((demands & DEMAND_END) || ((demands & DEMANDS_OF_UPCALLS) && !wait_defers_upcalls(thread)))
        wait_interrupt(thread);
}

// The thread is on the queue with outcome WAITING: leaves the CPU until someone changes that.
static void sleep_until_ended(struct thread *thread, struct lock *lock, uint64_t deadline) {
    lock_release(lock);
    if (__builtin_expect(has_something_first(thread), 0))
        do_first(thread);
    if (deadline != DEADLINE_NEVER)
        timer_arm(&thread->deadline, deadline);
    scheduler_switch();
    if (deadline != DEADLINE_NEVER)
        timer_disarm(&thread->deadline);
}

// From here on anyone may make the thread ready again: all that says so is set before.
static inline void waiting_begin(struct thread *thread) {
    thread->switching = 1;
    thread->state = THREAD_WAITING;
    __atomic_store_n(&thread->outcome, WAIT_WAITING, __ATOMIC_SEQ_CST);
}

enum status wait_queue_sleep(struct wait_queue *queue, struct lock *lock, const struct wait_for *wait) {
    if (wait->deadline == DEADLINE_NOW)
        return STATUS_WOULD_WAIT;
    assert_debug(processor_current()->lock_count == 1);
    struct thread *thread = thread_current();
    record_wait(thread, wait);
    queue_enter(queue, &thread->waiter, wait->key);
    waiting_begin(thread);
    sleep_until_ended(thread, lock, wait->deadline);
    lock_acquire(lock);
    if (thread->waiter.queued)
        queue_leave(queue, &thread->waiter);
    thread->wait.reason = WAIT_NOT;
    enum status status = outcome_status(thread->outcome);
    thread->outcome = WAIT_IDLE;
    return status;
}

// ---- the short way ----

// What is seldom done between counting as waiting and leaving the CPU.
__attribute__((noinline)) static void leave_slowly(struct thread *thread, uint64_t deadline,
                                                   bool (*is_hopeless)(struct thread *thread)) {
    do_first(thread);
    if (deadline != DEADLINE_NEVER)
        timer_arm(&thread->deadline, deadline);
    if (is_hopeless != 0 && is_hopeless(thread) && wait_end(thread, WAIT_HOPELESS))
        scheduler_ready(thread);
}

// The same behind it: the timer is stopped, and a sleeper that nobody claimed takes itself off its queue.
__attribute__((noinline)) static enum status return_slowly(struct thread *thread, struct lock *lock, uint64_t deadline,
                                                           struct wait_queue *queue) {
    if (deadline != DEADLINE_NEVER)
        timer_disarm(&thread->deadline);
    lock_acquire(lock);
    if (queue != 0 && thread->waiter.queued)
        queue_leave(queue, &thread->waiter);
    lock_release(lock);
    return outcome_status(thread->outcome);
}

__attribute__((always_inline)) enum status wait_sleep(struct lock *lock, const struct wait_for *wait,
                                                      const struct wait_manner *manner) {
    assert_debug(processor_current()->lock_count == 1);
    struct thread *thread = thread_current();
    uint64_t deadline = wait->deadline;
    record_wait(thread, wait);
    if (manner->queue != 0)
        queue_enter(manner->queue, &thread->waiter, wait->key);
    waiting_begin(thread);
    lock_release(lock);
    if (deadline != DEADLINE_NEVER || manner->is_hopeless != 0 || has_something_first(thread))
        leave_slowly(thread, deadline, manner->is_hopeless);
    if (manner->next != 0)
        scheduler_switch_to(manner->next, thread->wait.since);
    else
        scheduler_switch();
    enum status status = STATUS_OK;
    if (deadline != DEADLINE_NEVER || __builtin_expect(thread->outcome != WAIT_WOKEN, 0))
        status = return_slowly(thread, lock, deadline, manner->queue);
    thread->wait.reason = WAIT_NOT;
    thread->outcome = WAIT_IDLE;
    return status;
}

bool wait_claim(struct thread *thread) {
    return wait_end(thread, WAIT_WOKEN);
}

bool wait_queue_claim(struct wait_queue *queue, struct waiter *waiter) {
    if (!wait_end(waiter->thread, WAIT_WOKEN))
        return false;
    queue_leave(queue, waiter);
    return true;
}

bool wait_queue_wake_waiter(struct wait_queue *queue, struct waiter *waiter) {
    if (!wait_end(waiter->thread, WAIT_WOKEN))
        return false;
    queue_leave(queue, waiter);
    scheduler_ready(waiter->thread);
    return true;
}

bool wait_queue_hand_over(struct wait_queue *queue, struct waiter *waiter) {
    if (!wait_end(waiter->thread, WAIT_WOKEN))
        return false;
    queue_leave(queue, waiter);
    scheduler_ready_next(waiter->thread);
    return true;
}

bool wait_queue_wake_one(struct wait_queue *queue) {
    struct waiter *waiter = TAILQ_FIRST(&queue->list);
    while (waiter != 0 && !wait_queue_wake_waiter(queue, waiter))
        waiter = TAILQ_NEXT(waiter, link);
    return waiter != 0;
}

uint32_t wait_queue_wake(struct wait_queue *queue, uint32_t count) {
    return wait_queue_wake_key(queue, 0, count);
}

uint32_t wait_queue_wake_key(struct wait_queue *queue, uint64_t key, uint32_t count) {
    uint32_t woken = 0;
    struct waiter *waiter = TAILQ_FIRST(&queue->list);
    while (waiter != 0 && woken < count) {
        struct waiter *next = TAILQ_NEXT(waiter, link);
        if ((key == 0 || waiter->key == key) && wait_queue_wake_waiter(queue, waiter))
            woken++;
        waiter = next;
    }
    return woken;
}
