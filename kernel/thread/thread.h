// A thread: what the scheduler runs, with its kernel stack, its user state and its wait record.
//
// Letters: [I] immutable, [a] atomic, [q] run queue's lock, [o] the thread itself alone, [p] its process's lock,
// [l] its object's lock.
#pragma once

#include <arch/context.h>

#include "kernel/abi/process.h"
#include "kernel/object/object.h"
#include "kernel/process/debug_state.h"
#include "kernel/thread/timer.h"
#include "kernel/thread/wait.h"

struct process;
struct processor;
struct upcall;

// Who ended a wait: settled by one compare-and-exchange from WAITING.
enum wait_outcome { WAIT_IDLE, WAIT_WAITING, WAIT_WOKEN, WAIT_TIMED_OUT, WAIT_INTERRUPTED, WAIT_HOPELESS };

enum { THREAD_NOT_QUEUED = UINT32_MAX };

// The first three break off the thread's wait, and let no other begin.
enum thread_demand {
    DEMAND_END = 1 << 0,    // it is to end
    DEMAND_UPCALL = 1 << 1, // it is to look for an upcall (kernel/thread/upcall.h)
    DEMAND_RETURN = 1 << 2, // its upcall is over: back to where that interrupted it
    DEMAND_HALT = 1 << 3,   // its debugger wants it to stop (kernel/process/debugger.h)
    DEMAND_POINTS = 1 << 4, // its process has points that the CPU is to watch for; stays as long as it has
    DEMAND_STOP = 1 << 5,   // its process is stopped, or was (kernel/process/stop.h)
};
enum { DEMANDS_OF_UPCALLS = DEMAND_UPCALL | DEMAND_RETURN, DEMANDS_OF_DEBUGGER = DEMAND_HALT | DEMAND_POINTS };

struct thread {
    struct object object;
    struct process *process;         // [I] a reference; the kernel's own for idle threads
    struct arch_context context;     // [o] saved kernel stack pointer, stack, FPU area, fs base
    TAILQ_ENTRY(thread) run_link;    // [q]
    LIST_ENTRY(thread) process_link; // [p]
    struct processor *processor;     // [q] where it runs or ran last
    uint32_t state;                  // [a] enum thread_state
    uint32_t outcome;                // [a] enum wait_outcome
    uint32_t base_priority;          // [q]
    uint32_t penalty;     // [q] levels lost by using slices; given back by sleeping as long, and by waiting for a turn
    uint32_t level;       // [q] the base less the penalty: where it stands in a run queue, or runs
    uint32_t ready_level; // [q] the level it stands at in a run queue; THREAD_NOT_QUEUED: in none
    uint32_t slice_left;  // [o] ticks
    uint32_t switching;   // [a] still on its stack on some CPU; not to be run elsewhere
    _Alignas(2) uint8_t demands; // [a] enum thread_demand: what it is to do before it goes on in its program
    bool has_put_off;            // [o] see put_off
    bool upcalls_wait;           // [a] no upcall breaks off the wait that it is in (wait_defers_upcalls)
    struct waiter waiter;        // [o]
    struct wait_record wait;     // [o] read by instruments
    struct timer deadline;       // [o] of the wait
    uint64_t switched_in;        // [o] counter value
    uint64_t processor_time;     // [o] counter ticks used
    uint64_t end_word;           // [I] see struct thread_create
    bool lent;                   // [l] it has a priority that was lent to it (kernel/thread/lend.h); then its own are
    uint32_t own_priority, own_penalty; // [l]
    struct object *put_off;    // [o] with has_put_off: a reference; its type's catch_up runs before the thread sleeps
    struct object *links;      // [o] what ipc keeps of the links that are its own: a reference until its end, or null
    struct upcall *upcall;     // [o] where it takes upcalls; null: it takes none
    struct thread_debug debug; // [p]
};

extern const struct object_type thread_type;

// The calling thread. In <arch/current.h>: struct thread *thread_current(void);

struct thread_start {
    struct process *process;
    const char *name;
    uint32_t priority;
    uint64_t entry;          // user address
    uint64_t argument;       // rdi
    int32_t number;          // rsi: its own in its process; 0: it has none
    uint64_t stack;          // user stack pointer
    uint64_t thread_pointer; // fs base
    uint64_t end_word;
};

// After a change of base or penalty, of a thread that stands in no run queue.
static inline void thread_settle_level(struct thread *thread) {
    thread->level = thread->base_priority > thread->penalty ? thread->base_priority - thread->penalty : 0;
}

// Makes a thread, not yet running. Charges ACCOUNT_THREADS and its stack. PEER_DIED: the process is ending.
enum status thread_create(const struct thread_start *start, struct thread **thread);

// Lets a new thread run.
void thread_launch(struct thread *thread);

// Ends the calling thread.
_Noreturn void thread_exit(void);

// Puts what the type's catch_up does off until the calling thread sleeps, ends, or puts something of another object off.
void thread_put_off(struct object *object);

// Does what the calling thread has put off.
void thread_catch_up(void);

// Marks a thread as ending and breaks off its wait.
void thread_end(struct thread *thread);

// Demands something of a thread: breaks off its wait, and sees to it that it comes by thread_before_user.
void thread_demand(struct thread *thread, enum thread_demand demand);

// The same without breaking off anything: what a debugger demands, or a stop.
void thread_demand_later(struct thread *thread, enum thread_demand demand);

// The same of the calling thread.
void thread_demand_own(enum thread_demand demand);

// To be called by the arch code on every way back to user mode while the processor's attention is wanted: it is while a thread
// runs there of which something is demanded.
void thread_before_user(void);
