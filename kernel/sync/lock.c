// Spin locks: the slow path, pairs, and the checks of debug builds.
#include "kernel/sync/lock.h"

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/thread/processor.h"

__attribute__((preserve_most, noinline, cold)) void lock_acquire_contended(struct lock *lock) {
    if (debugger_borrows_lock(lock))
        return;
    do {
        while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED))
            machine_relax();
    } while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE));
    lock->waits += lock->waits < UINT16_MAX; // it is ours
}

enum { LOCKS_HELD_MAX = sizeof(((struct processor *)0)->locks) / sizeof(struct lock *) };

// A pair is taken in the order of addresses, so equal ranks are allowed upwards.
static bool order_is_sound(const struct lock *last, const struct lock *next) {
    return last->rank < next->rank || (last->rank == next->rank && last < next);
}

void lock_note_acquire(struct lock *lock) {
    struct processor *processor = processor_current();
    if (processor->lock_count > 0) {
        const struct lock *last = processor->locks[processor->lock_count - 1];
        if (!order_is_sound(last, lock))
            panic("lock order: rank %u is held, rank %u was asked for", last->rank, lock->rank);
    }
    if (processor->lock_count == LOCKS_HELD_MAX)
        panic("locks: more than %u held at once", LOCKS_HELD_MAX);
    processor->locks[processor->lock_count++] = lock;
}

// Locks may be released in any order: it is taken out from wherever it stands.
void lock_note_release(struct lock *lock) {
    struct processor *processor = processor_current();
    uint32_t i = processor->lock_count;
    while (i > 0 && processor->locks[i - 1] != lock)
        i--;
    if (i == 0 || lock->processor != processor->index + 1)
        panic("lock of rank %u released by a CPU that does not hold it", lock->rank);
    lock->processor = 0;
    for (; i < processor->lock_count; i++)
        processor->locks[i - 1] = processor->locks[i];
    processor->lock_count--;
}

void lock_acquire_pair(struct lock *a, struct lock *b) {
    struct lock *first = a < b ? a : b;
    struct lock *second = a < b ? b : a;
    lock_acquire(first);
    if (second != first)
        lock_acquire(second);
}

void lock_release_pair(struct lock *a, struct lock *b) {
    lock_release(a);
    if (a != b)
        lock_release(b);
}

bool lock_is_mine(const struct lock *lock) {
    if (!BUILD_CHECKS)
        return true;
    return lock->held && lock->processor == processor_index() + 1;
}
