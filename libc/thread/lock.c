// The library's own recursive locks, over a mutex and the holder's control block.
#include "libc/thread/lock.h"

#include <parley/sync.h>

#include "libc/thread/control.h"

static struct mutex *mutex_of(struct library_lock *lock) {
    _Static_assert(sizeof(lock->state) == sizeof(struct mutex), "the lock's word is a mutex");
    return (struct mutex *)&lock->state;
}

// Only the holder writes its own address there, so a thread that finds it is the holder.
static bool is_mine(const struct library_lock *lock) {
    return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == thread_control();
}

static void take(struct library_lock *lock) {
    __atomic_store_n(&lock->owner, thread_control(), __ATOMIC_RELAXED);
    lock->depth = 1;
}

void library_lock_acquire(struct library_lock *lock) {
    if (is_mine(lock)) {
        lock->depth++;
        return;
    }
    mutex_lock(mutex_of(lock));
    take(lock);
}

int library_lock_try_acquire(struct library_lock *lock) {
    if (is_mine(lock)) {
        lock->depth++;
        return 0;
    }
    if (!mutex_try_lock(mutex_of(lock)))
        return -1;
    take(lock);
    return 0;
}

void library_lock_release(struct library_lock *lock) {
    if (--lock->depth > 0)
        return;
    __atomic_store_n(&lock->owner, NULL, __ATOMIC_RELAXED);
    mutex_unlock(mutex_of(lock));
}
