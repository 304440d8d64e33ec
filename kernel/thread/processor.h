// A processor: what each CPU has for itself. Reached by gs base; its first fields are used by assembly (offsets checked there).
#pragma once

#include <arch/cpu.h>
#include <bsd/sys/tree.h>

#include "kernel/sync/lock.h"
#include "kernel/thread/thread.h"

enum { PROCESSOR_MAX = 8, PRIORITY_LEVELS = 32, SLICE_TICKS = 5, TICK_NANOSECONDS = 2000000 };

// ATTENTION_LOG: the log has grown, and who watches it is to be told. ATTENTION_CALL: other CPUs are to be called.
enum attention {
    ATTENTION_RESCHEDULE = 1 << 0,
    ATTENTION_DEMAND = 1 << 1,
    ATTENTION_LOG = 1 << 2,
    ATTENTION_CALL = 1 << 3
};

RB_HEAD(timer_tree, timer);
TAILQ_HEAD(run_list, thread);

struct processor {
    struct processor *self; // gs:0
    struct thread *current; // gs:8
    uint64_t kernel_stack;  // gs:16 top of the current thread's kernel stack
    uint64_t user_stack;    // gs:24 scratch of the system-call entry
    uint32_t attention;     // gs:32 [a] enum attention: to be done on the way to user mode
    uint32_t index;         // gs:36
    uint32_t called;        // a bit for each CPU to be called
    struct thread *idle;
    struct lock run_lock;                   // RANK_RUN_QUEUE
    struct run_list ready[PRIORITY_LEVELS]; // [run_lock]
    uint32_t ready_levels;                  // [run_lock] a bit per level that has threads
    bool is_idle;                           // [run_lock]
    struct lock timer_lock;                 // RANK_TIMERS
    struct timer_tree timers;               // [timer_lock]
    struct timer *running_timer;            // [timer_lock]
    uint64_t next_tick;                     // when the running slice is looked at next
    uint32_t ticks;
    uint64_t slice_ago;           // counter value: a slice before the last interrupt
    uint64_t hardware_armed;      // what the hardware timer is set to
    uint64_t switches;            // context switches
    struct thread *previous;      // handed over across a switch
    const struct lock *locks[16]; // debug builds: held, in order
    uint32_t lock_count;
    struct arch_cpu arch;
};

extern struct processor processors[PROCESSOR_MAX];
extern uint32_t processor_count; // that run

// In <arch/current.h>: struct processor *processor_current(void); uint32_t processor_index(void);
