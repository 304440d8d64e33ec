// Spin locks. The kernel runs with interrupts off but at preemption points, so a lock needs no saving of flags.
//
// Rules: locks are taken in rising rank (enum lock_rank), never two of one rank but by lock_acquire_pair; debug builds
// check it. Nothing sleeps, copies user memory, or allocates under an object's lock. While a CPU spins it serves requests
// of other CPUs (TLB shootdown), so a holder may wait for such a request to be served.
#pragma once

#include <arch/current.h>
#include <build_kind.h>
#include <stdbool.h>
#include <stdint.h>

enum lock_rank {
    RANK_NONE = 0,
    RANK_PROCESS_TREE = 10, // parents and children
    RANK_PROCESS = 15,      // threads of a process
    RANK_NUMBERS = 20,      // a number table
    RANK_OBJECT = 30,       // most objects
    RANK_OBJECT_INNER = 35, // objects used under another object's lock
    RANK_MESSAGES = 40,     // message queues
    RANK_EVENTS = 50,       // event queues: notices are raised under other objects' locks
    RANK_FUTEX = 55,
    RANK_SPACES = 58,   // the list of address spaces
    RANK_SPACE = 60,    // address spaces
    RANK_MEMORY = 65,   // page stores
    RANK_REGISTRY = 70, // ids to objects
    RANK_HEAP = 75,
    RANK_FRAMES = 80,
    RANK_TIMERS = 85,
    RANK_RUN_QUEUE = 90,
    RANK_CONTROLLER = 95, // the interrupt controller
    RANK_FLUSH = 95,
    RANK_LOG = 99,
};

struct lock {
    uint32_t held;
    uint8_t rank;      // enum lock_rank
    uint8_t processor; // debug builds: holder + 1, 0: none
    uint16_t waits;    // how often it was held by another CPU when it was asked for; stays at its highest
};

#define LOCK_INITIAL(r) ((struct lock){.rank = (r)})

// Debug builds: checks rank and owner and notes them. Panics saying which locks are held.
void lock_note_acquire(struct lock *lock);
void lock_note_release(struct lock *lock);

// Spins until the lock could be taken, serving other CPUs' requests meanwhile.
__attribute__((preserve_most, noinline, cold)) void lock_acquire_contended(struct lock *lock);

// Three instructions where nobody else holds it: worth having in each path itself.
__attribute__((always_inline)) static inline void lock_acquire(struct lock *lock) {
    if (BUILD_CHECKS)
        lock_note_acquire(lock);
    if (__builtin_expect(__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE), 0))
        lock_acquire_contended(lock);
    if (BUILD_CHECKS)
        lock->processor = (uint8_t)(processor_index() + 1);
}

static inline void lock_release(struct lock *lock) {
    if (BUILD_CHECKS)
        lock_note_release(lock);
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

// Takes two locks of one rank, in the order of their addresses; `a` and `b` may be the same.
void lock_acquire_pair(struct lock *a, struct lock *b);
void lock_release_pair(struct lock *a, struct lock *b);

// Whether the calling CPU holds it (debug builds; always true in release builds). For assertions.
bool lock_is_mine(const struct lock *lock);
