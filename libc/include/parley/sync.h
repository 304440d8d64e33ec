// Locks of a program's threads, over futexes: a mutex, a condition and a semaphore.
//
// Rules: each is one or two words; zeros are a free mutex, a condition nobody waits for, a semaphore of 0. They work
// between processes too, in shared memory. A mutex is not recursive; only its holder unlocks it. Uncontended, none of
// these calls but condition_signal and condition_broadcast enters the kernel. Deadlines are of the monotonic clock, in nanoseconds.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

#include <stdbool.h>

struct mutex {
    uint32_t state; // 0 free, 1 held, 2 held and somebody may sleep
};

void mutex_lock(struct mutex *mutex);
bool mutex_try_lock(struct mutex *mutex);
enum status mutex_lock_until(struct mutex *mutex, uint64_t deadline); // TIMED_OUT
void mutex_unlock(struct mutex *mutex);

struct condition {
    uint32_t sequence;
};

// Unlocks the mutex, sleeps until signalled (or without cause), locks it again. TIMED_OUT: it is locked then, too.
enum status condition_wait(struct condition *condition, struct mutex *mutex, uint64_t deadline);
void condition_signal(struct condition *condition);
void condition_broadcast(struct condition *condition);

struct semaphore {
    uint32_t count;
    uint32_t waiters;
};

enum status semaphore_wait(struct semaphore *semaphore, uint64_t deadline); // TIMED_OUT, WOULD_WAIT
void semaphore_post(struct semaphore *semaphore);
