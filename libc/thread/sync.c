// Mutex, condition and semaphore over futexes: the kernel is entered only to sleep and to wake.
#include <parley/calls.h>
#include <parley/sync.h>

#include "libc/thread/control.h"

enum { FREE = 0, HELD = 1, CONTENDED = 2 };

static bool take_free(struct mutex *mutex) {
    uint32_t expected = FREE;
    return __atomic_compare_exchange_n(&mutex->state, &expected, HELD, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

bool mutex_try_lock(struct mutex *mutex) {
    bool taken = take_free(mutex);
    thread_control()->mutexes_held += taken;
    return taken;
}

// Who has slept cannot know whether others still sleep, so it holds the mutex as contended.
enum status mutex_lock_until(struct mutex *mutex, uint64_t deadline) {
    if (mutex_try_lock(mutex))
        return STATUS_OK;
    while (__atomic_exchange_n(&mutex->state, CONTENDED, __ATOMIC_ACQUIRE) != FREE) {
        enum status status = futex_wait(&mutex->state, CONTENDED, deadline);
        if (status == STATUS_TIMED_OUT || status == STATUS_WOULD_WAIT)
            return STATUS_TIMED_OUT;
    }
    thread_control()->mutexes_held++;
    return STATUS_OK;
}

void mutex_lock(struct mutex *mutex) {
    mutex_lock_until(mutex, DEADLINE_NEVER);
}

void mutex_unlock(struct mutex *mutex) {
    thread_control()->mutexes_held--;
    if (__atomic_exchange_n(&mutex->state, FREE, __ATOMIC_RELEASE) == CONTENDED)
        futex_wake(&mutex->state, 1, NULL);
}

// A signal between unlocking and sleeping changes the sequence, so the sleep does not begin.
enum status condition_wait(struct condition *condition, struct mutex *mutex, uint64_t deadline) {
    uint32_t sequence = __atomic_load_n(&condition->sequence, __ATOMIC_ACQUIRE);
    mutex_unlock(mutex);
    enum status status = futex_wait(&condition->sequence, sequence, deadline);
    mutex_lock(mutex);
    return status == STATUS_TIMED_OUT || status == STATUS_WOULD_WAIT ? STATUS_TIMED_OUT : STATUS_OK;
}

void condition_signal(struct condition *condition) {
    __atomic_add_fetch(&condition->sequence, 1, __ATOMIC_RELEASE);
    futex_wake(&condition->sequence, 1, NULL);
}

void condition_broadcast(struct condition *condition) {
    __atomic_add_fetch(&condition->sequence, 1, __ATOMIC_RELEASE);
    futex_wake(&condition->sequence, UINT32_MAX, NULL);
}

static bool semaphore_take(struct semaphore *semaphore) {
    uint32_t count = __atomic_load_n(&semaphore->count, __ATOMIC_RELAXED);
    while (count > 0)
        if (__atomic_compare_exchange_n(&semaphore->count, &count, count - 1, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return true;
    return false;
}

enum status semaphore_wait(struct semaphore *semaphore, uint64_t deadline) {
    while (!semaphore_take(semaphore)) {
        __atomic_add_fetch(&semaphore->waiters, 1, __ATOMIC_SEQ_CST);
        enum status status = futex_wait(&semaphore->count, 0, deadline);
        __atomic_sub_fetch(&semaphore->waiters, 1, __ATOMIC_SEQ_CST);
        if (status == STATUS_TIMED_OUT || status == STATUS_WOULD_WAIT)
            return status;
    }
    return STATUS_OK;
}

void semaphore_post(struct semaphore *semaphore) {
    __atomic_add_fetch(&semaphore->count, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&semaphore->waiters, __ATOMIC_SEQ_CST) > 0)
        futex_wake(&semaphore->count, 1, NULL);
}
