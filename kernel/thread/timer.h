// Timers: functions called at a time of the monotonic clock, on the CPU that armed them, in interrupt context.
//
// Rules: embedded in what they serve. timer_disarm returns only when the function does not run any more; it must not be called
// with a lock held that the function takes.
#pragma once

#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stdint.h>

struct processor;

struct timer {
    RB_ENTRY(timer) link;
    uint64_t when;
    void (*expire)(struct timer *timer); // called without locks, interrupts off; may arm it again
    struct processor *processor;         // that it is armed at; null: not armed
    struct processor *last_processor;    // where it was armed last, and may still run; null: never
};

void timer_start(struct timer *timer, void (*expire)(struct timer *timer));
void timer_arm(struct timer *timer, uint64_t when);
void timer_disarm(struct timer *timer);

// Runs what is due on the calling CPU and arms the hardware for what is next. From the timer interrupt.
void timer_interrupt(void);

// Arms the calling CPU's hardware for what comes next, after it has left or entered idleness.
void timer_hardware_update(void);

// When the calling CPU's first timer is due; UINT64_MAX: none.
uint64_t timer_next(void);

// A CPU's timer behind `after` (null: its first), without the lock; null: no more. For a debugger, while no other CPU runs.
const struct timer *timer_peek(const struct processor *processor, const struct timer *after);
