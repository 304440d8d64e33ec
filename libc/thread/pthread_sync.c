// Mutexes, conditions and once of POSIX: names for Parley's own.
#include <errno.h>
#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/sync.h>
#include <parley/thread.h>
#include <pthread.h>

enum { ONCE_NEW = 0, ONCE_RUNNING = 1, ONCE_DONE = 2 };

static struct mutex *word_of(pthread_mutex_t *mutex) {
    return (struct mutex *)&mutex->state;
}

static struct condition *sequence_of(pthread_cond_t *condition) {
    return (struct condition *)&condition->sequence;
}

static bool is_held_by_me(pthread_mutex_t *mutex) {
    return mutex->kind == PTHREAD_MUTEX_RECURSIVE && __atomic_load_n(&mutex->owner, __ATOMIC_RELAXED) == thread_self();
}

static void take(pthread_mutex_t *mutex) {
    mutex->depth = 1;
    __atomic_store_n(&mutex->owner, thread_self(), __ATOMIC_RELAXED);
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
    *mutex = (pthread_mutex_t){.kind = attributes ? attributes->kind : PTHREAD_MUTEX_NORMAL};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex) {
    return mutex->state ? EBUSY : 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    if (is_held_by_me(mutex)) {
        mutex->depth++;
        return 0;
    }
    mutex_lock(word_of(mutex));
    take(mutex);
    return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex) {
    if (is_held_by_me(mutex)) {
        mutex->depth++;
        return 0;
    }
    if (!mutex_try_lock(word_of(mutex)))
        return EBUSY;
    take(mutex);
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    if (--mutex->depth > 0)
        return 0;
    __atomic_store_n(&mutex->owner, NULL, __ATOMIC_RELAXED);
    mutex_unlock(word_of(mutex));
    return 0;
}

int pthread_mutexattr_init(pthread_mutexattr_t *attributes) {
    *attributes = (pthread_mutexattr_t){0};
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attributes) {
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int kind) {
    if (kind != PTHREAD_MUTEX_NORMAL && kind != PTHREAD_MUTEX_RECURSIVE)
        return EINVAL;
    attributes->kind = (unsigned int)kind;
    return 0;
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
    *condition = (pthread_cond_t){0};
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition) {
    return 0;
}

// The mutex's owner and depth are the waiter's again when the wait is over.
static int wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t deadline) {
    unsigned int depth = mutex->depth;
    __atomic_store_n(&mutex->owner, NULL, __ATOMIC_RELAXED);
    enum status status = condition_wait(sequence_of(condition), word_of(mutex), deadline);
    take(mutex);
    mutex->depth = depth;
    return status == STATUS_TIMED_OUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
    return wait_until(condition, mutex, DEADLINE_NEVER);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t seconds = until->tv_sec - now.tv_sec;
    int64_t left = seconds * (int64_t)NANOSECONDS_PER_SECOND + until->tv_nsec - now.tv_nsec;
    return wait_until(condition, mutex, left > 0 ? deadline_after((uint64_t)left) : DEADLINE_NOW);
}

int pthread_cond_signal(pthread_cond_t *condition) {
    condition_signal(sequence_of(condition));
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
    condition_broadcast(sequence_of(condition));
    return 0;
}

int pthread_once(pthread_once_t *once, void (*function)(void)) {
    unsigned int state = ONCE_NEW;
    if (__atomic_compare_exchange_n(&once->state, &state, ONCE_RUNNING, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        function();
        __atomic_store_n(&once->state, ONCE_DONE, __ATOMIC_RELEASE);
        futex_wake(&once->state, UINT32_MAX, NULL);
        return 0;
    }
    while (__atomic_load_n(&once->state, __ATOMIC_ACQUIRE) == ONCE_RUNNING)
        futex_wait(&once->state, ONCE_RUNNING, DEADLINE_NEVER);
    return 0;
}
