// Lending priority: what a thread had of its own is kept meanwhile.
#include "kernel/thread/lend.h"

#include "kernel/thread/scheduler.h"

void thread_lend(struct thread *thread, uint32_t priority) {
    priority = priority < PRIORITY_LENT_MAX ? priority : PRIORITY_LENT_MAX;
    lock_acquire(&thread->object.lock);
    if (priority > thread->base_priority) {
        if (!thread->lent) {
            thread->own_priority = thread->base_priority;
            thread->own_penalty = thread->penalty;
            thread->lent = true;
        }
        scheduler_set_priority(thread, priority, 0);
    }
    lock_release(&thread->object.lock);
}

void thread_lend_less(struct thread *thread, uint32_t still) {
    still = still < PRIORITY_LENT_MAX ? still : PRIORITY_LENT_MAX;
    lock_acquire(&thread->object.lock);
    if (thread->lent && still > thread->own_priority) {
        scheduler_set_priority(thread, still, thread->penalty);
    } else if (thread->lent) {
        thread->lent = false;
        scheduler_set_priority(thread, thread->own_priority, thread->own_penalty);
    }
    lock_release(&thread->object.lock);
}

void thread_set_priority(struct thread *thread, uint32_t priority) {
    lock_acquire(&thread->object.lock);
    if (thread->lent) {
        thread->own_priority = priority;
    } else {
        thread->base_priority = priority; // takes effect when it is next made ready
        thread_settle_level(thread);
    }
    lock_release(&thread->object.lock);
}

uint32_t thread_own_priority(const struct thread *thread) {
    return thread->lent ? thread->own_priority : thread->base_priority;
}
