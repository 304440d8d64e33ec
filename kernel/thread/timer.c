// Timers: a tree per CPU, ordered by time; the hardware is armed for the first one or the next tick, whichever comes first.
#include "kernel/thread/timer.h"

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

static int timer_compare(const struct timer *a, const struct timer *b) {
    if (a->when != b->when)
        return a->when < b->when ? -1 : 1;
    return a < b ? -1 : a > b;
}

RB_GENERATE_STATIC(timer_tree, timer, link, timer_compare)

void timer_start(struct timer *timer, void (*expire)(struct timer *timer)) {
    *timer = (struct timer){.expire = expire};
}

// When the calling CPU needs its next interrupt: its timer lock is held.
static void hardware_arm(struct processor *processor) {
    struct timer *first = RB_MIN(timer_tree, &processor->timers);
    uint64_t when = first != 0 ? first->when : UINT64_MAX;
    if (!processor->is_idle && processor->next_tick < when)
        when = processor->next_tick;
    if (when == processor->hardware_armed)
        return;
    processor->hardware_armed = when;
    clock_arm(when);
}

void timer_hardware_update(void) {
    struct processor *processor = processor_current();
    lock_acquire(&processor->timer_lock);
    hardware_arm(processor);
    lock_release(&processor->timer_lock);
}

void timer_arm(struct timer *timer, uint64_t when) {
    timer_disarm(timer);
    struct processor *processor = processor_current();
    lock_acquire(&processor->timer_lock);
    timer->when = when;
    timer->processor = processor;
    timer->last_processor = processor;
    RB_INSERT(timer_tree, &processor->timers, timer);
    if (when < processor->hardware_armed)
        hardware_arm(processor);
    lock_release(&processor->timer_lock);
}

// Takes it off its CPU's tree. False: its function is running there and has to be waited for.
static bool timer_take_off(struct timer *timer, struct processor *processor) {
    bool done = true;
    lock_acquire(&processor->timer_lock);
    if (timer->processor == processor) {
        RB_REMOVE(timer_tree, &processor->timers, timer);
        timer->processor = 0;
    }
    if (processor->running_timer == timer && processor != processor_current())
        done = false;
    lock_release(&processor->timer_lock);
    return done;
}

void timer_disarm(struct timer *timer) {
    struct processor *processor = __atomic_load_n(&timer->last_processor, __ATOMIC_ACQUIRE);
    if (processor == 0)
        return;
    while (!timer_take_off(timer, processor))
        machine_relax();
}

// The first timer that is due, taken off the tree and noted as running; null: none.
static struct timer *timer_take_due(struct processor *processor, uint64_t now) {
    lock_acquire(&processor->timer_lock);
    struct timer *timer = RB_MIN(timer_tree, &processor->timers);
    if (timer != 0 && timer->when <= now) {
        RB_REMOVE(timer_tree, &processor->timers, timer);
        timer->processor = 0;
    } else {
        timer = 0;
    }
    processor->running_timer = timer;
    lock_release(&processor->timer_lock);
    return timer;
}

void timer_interrupt(void) {
    struct processor *processor = processor_current();
    uint64_t now = clock_now();
    processor->hardware_armed = UINT64_MAX;
    struct timer *timer;
    while ((timer = timer_take_due(processor, now)) != 0)
        timer->expire(timer);
    if (!processor->is_idle && processor->next_tick <= now) {
        processor->next_tick = now + TICK_NANOSECONDS;
        scheduler_tick();
    }
    timer_hardware_update();
}

uint64_t timer_next(void) {
    struct processor *processor = processor_current();
    lock_acquire(&processor->timer_lock);
    struct timer *first = RB_MIN(timer_tree, &processor->timers);
    uint64_t when = first != 0 ? first->when : UINT64_MAX;
    lock_release(&processor->timer_lock);
    return when;
}

const struct timer *timer_peek(const struct processor *processor, const struct timer *after) {
    struct processor *owner = (struct processor *)(uintptr_t)processor;
    return after == 0 ? RB_MIN(timer_tree, &owner->timers)
                      : RB_NEXT(timer_tree, &owner->timers, (struct timer *)(uintptr_t)after);
}
