// The scheduler: the highest level that has threads runs, in turn. Who uses a slice sinks by a level, who sleeps for one or waits long for
// a turn rises again.
#include "kernel/thread/scheduler.h"

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/object/machine.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/thread.h"

enum { PENALTY_MAX = 8, SLICES_PER_SECOND = 1000000000 / (SLICE_TICKS * TICK_NANOSECONDS), AGE_TICKS = 50 };

struct processor processors[PROCESSOR_MAX];
uint32_t processor_count = 1;
static uint32_t idle_processors; // [a] a bit per CPU that runs its idle thread

void scheduler_start(struct processor *processor, struct thread *idle) {
    processor->run_lock = LOCK_INITIAL(RANK_RUN_QUEUE);
    processor->timer_lock = LOCK_INITIAL(RANK_TIMERS);
    RB_INIT(&processor->timers);
    for (size_t level = 0; level < PRIORITY_LEVELS; level++)
        TAILQ_INIT(&processor->ready[level]);
    processor->hardware_armed = UINT64_MAX;
    processor->idle = idle;
    processor->current = idle;
    processor->is_idle = true;
    idle->processor = processor;
    idle->state = THREAD_RUNNING;
}

// ---- levels ----

static void penalty_set(struct thread *thread, uint32_t penalty) {
    thread->penalty = penalty;
    thread_settle_level(thread);
}

static uint64_t slice_counts = UINT64_MAX; // of the processor's counter

void scheduler_clock_started(void) {
    slice_counts = clock_counter_frequency() / SLICES_PER_SECOND;
}

void scheduler_time_passed(void) {
    processor_current()->slice_ago = clock_counter() - slice_counts;
}

__attribute__((noinline)) static void rise(struct thread *thread) {
    int64_t slept = (int64_t)(clock_counter() - thread->wait.since);
    if (slept < 0)
        return; // it fell asleep on a CPU whose counter is ahead
    uint64_t levels = (uint64_t)slept / slice_counts;
    thread->slice_left = SLICE_TICKS;
    penalty_set(thread, thread->penalty > levels ? thread->penalty - (uint32_t)levels : 0);
}

// What a thread that wakes has gained by its sleep: a level for each slice of it, and a whole slice before it sinks again. However often
// it sleeps: shorter sleeps count for nothing, or two threads that wake each other all the time would never sink, and nobody below them
// would ever run. Who is switched to straight gains nothing: nobody of a higher level waits.
static inline __attribute__((always_inline)) void wake(struct thread *thread, const struct processor *waker) {
    if (__builtin_expect(thread->wait.since <= waker->slice_ago, 0))
        rise(thread);
}

// ---- the run queue of a CPU: its run_lock is held ----

// Says the level that it stands at now.
static uint32_t queue_append(struct processor *processor, struct thread *thread) {
    uint32_t level = thread->level;
    thread->state = THREAD_READY;
    thread->processor = processor;
    TAILQ_INSERT_TAIL(&processor->ready[level], thread, run_link);
    processor->ready_levels |= 1u << level;
    thread->ready_level = level;
    return level;
}

static void queue_remove(struct processor *processor, struct thread *thread) {
    uint32_t level = thread->ready_level;
    TAILQ_REMOVE(&processor->ready[level], thread, run_link);
    if (TAILQ_EMPTY(&processor->ready[level]))
        processor->ready_levels &= ~(1u << level);
    thread->ready_level = THREAD_NOT_QUEUED;
}

// A thread that another CPU has not left yet (it is on its way off that CPU's stack) must not be run here.
static bool can_run(const struct thread *thread, const struct thread *self) {
    return thread == self || !__atomic_load_n(&thread->switching, __ATOMIC_ACQUIRE);
}

// The next thread for the CPU, taken off its queue; null: none that can run now.
static struct thread *queue_take(struct processor *processor, const struct thread *self) {
    for (uint32_t levels = processor->ready_levels; levels != 0;) {
        uint32_t level = 31 - (uint32_t)__builtin_clz(levels);
        struct thread *thread;
        TAILQ_FOREACH(thread, &processor->ready[level], run_link) {
            if (!can_run(thread, self))
                continue;
            queue_remove(processor, thread);
            return thread;
        }
        levels &= ~(1u << level);
    }
    return 0;
}

// ---- choosing a CPU ----

// Where a woken thread runs: where it ran last (its cache is warm), unless a CPU lies idle and that one is busy.
static struct processor *choose_processor(const struct thread *thread) {
    struct processor *last = thread->processor;
    if (processor_count == 1)
        return last;
    uint32_t idle = __atomic_load_n(&idle_processors, __ATOMIC_RELAXED);
    if (idle == 0 || (idle & 1u << last->index) != 0)
        return last;
    return &processors[__builtin_ctz(idle)];
}

void scheduler_call(struct processor *processor) {
    struct processor *self = processor_current();
    if (processor == self)
        return;
    self->called |= 1u << processor->index;
    __atomic_or_fetch(&self->attention, ATTENTION_CALL, __ATOMIC_RELAXED);
}

void scheduler_call_out(void) {
    struct processor *self = processor_current();
    uint32_t called = self->called;
    assert_debug(self->lock_count == 0);
    self->called = 0;
    for (; called != 0; called &= called - 1)
        machine_send_reschedule((uint32_t)__builtin_ctz(called));
}

// The CPU's run_lock is held.
static void switch_ask(struct processor *processor, bool urgent) {
    if (urgent)
        __atomic_or_fetch(&processor->attention, ATTENTION_RESCHEDULE, __ATOMIC_RELAXED);
    lock_release(&processor->run_lock);
    if (urgent)
        scheduler_call(processor);
}

void scheduler_ready(struct thread *thread) {
    struct processor *processor = choose_processor(thread);
    wake(thread, processor_current());
    lock_acquire(&processor->run_lock);
    uint32_t level = queue_append(processor, thread);
    switch_ask(processor, processor->is_idle || level > processor->current->level);
}

void scheduler_ready_next(struct thread *thread) {
    struct processor *processor = choose_processor(thread);
    wake(thread, processor_current());
    lock_acquire(&processor->run_lock);
    queue_append(processor, thread);
    switch_ask(processor, processor->is_idle || thread->base_priority > processor->current->base_priority);
}

// ---- priorities ----

// The CPU that a thread belongs to now, its run_lock held.
static struct processor *processor_lock_of(const struct thread *thread) {
    for (;;) {
        struct processor *processor = __atomic_load_n(&thread->processor, __ATOMIC_RELAXED);
        lock_acquire(&processor->run_lock);
        if (processor == thread->processor)
            return processor;
        lock_release(&processor->run_lock);
    }
}

void scheduler_set_priority(struct thread *thread, uint32_t priority, uint32_t penalty) {
    struct processor *processor = processor_lock_of(thread);
    bool queued = thread->ready_level != THREAD_NOT_QUEUED;
    if (queued)
        queue_remove(processor, thread);
    thread->base_priority = priority;
    penalty_set(thread, penalty);
    if (queued)
        queue_append(processor, thread);
    uint32_t running = processor->current->level;
    switch_ask(processor,
               !processor->is_idle && running < PRIORITY_MAX && processor->ready_levels >> (running + 1) != 0);
}

// ---- switching ----

static void account_time(struct processor *processor, struct thread *from, struct thread *to, uint64_t now) {
    from->processor_time += now - from->switched_in;
    to->switched_in = now;
    processor->switches++;
}

static void idle_changed(struct processor *processor, bool idle) {
    processor->is_idle = idle;
    if (idle)
        __atomic_or_fetch(&idle_processors, 1u << processor->index, __ATOMIC_RELAXED);
    else
        __atomic_and_fetch(&idle_processors, ~(1u << processor->index), __ATOMIC_RELAXED);
    if (!idle)
        processor->next_tick = clock_now() + TICK_NANOSECONDS;
}

void scheduler_switched(void) {
    struct processor *processor = processor_current();
    struct thread *previous = processor->previous;
    bool ended = previous->state == THREAD_ENDED;
    __atomic_store_n(&previous->switching, 0, __ATOMIC_RELEASE);
    if (ended)
        object_release(&previous->object); // the scheduler's own reference: it is off its stack now
    if (processor->current->demands != 0)
        __atomic_or_fetch(&processor->attention, ATTENTION_DEMAND, __ATOMIC_RELAXED);
}

// What stands at the CPU and in the threads of who runs. The run_lock is held.
static inline __attribute__((always_inline)) void current_change(struct processor *processor, struct thread *self,
                                                                 struct thread *next, uint64_t now) {
    account_time(processor, self, next, now);
    processor->current = next;
    processor->previous = self;
    next->state = THREAD_RUNNING;
    next->processor = processor;
}

static void switch_to(struct processor *processor, struct thread *self, struct thread *next) {
    current_change(processor, self, next, clock_counter());
    bool idle = next == processor->idle;
    bool was_idle = processor->is_idle;
    if (idle != was_idle)
        idle_changed(processor, idle);
    lock_release(&processor->run_lock);
    if (was_idle && !idle)
        timer_hardware_update();
    arch_context_switch(self, next);
    scheduler_switched();
}

void scheduler_switch(void) {
    struct processor *processor = processor_current();
    struct thread *self = processor->current;
    lock_acquire(&processor->run_lock);
    struct thread *next = queue_take(processor, self);
    if (next == 0)
        next = processor->idle;
    if (next == self) { // woken before it had left, or nothing else to run
        self->state = THREAD_RUNNING;
        lock_release(&processor->run_lock);
        __atomic_store_n(&self->switching, 0, __ATOMIC_RELEASE);
        return;
    }
    switch_to(processor, self, next);
}

__attribute__((always_inline)) void scheduler_switch_to(struct thread *next, uint64_t now) {
    struct processor *processor = processor_current();
    struct thread *self = processor->current;
    lock_acquire(&processor->run_lock);
    if (processor->ready_levels >> next->level <= 1 && can_run(next, self)) {
        current_change(processor, self, next, now);
        lock_release(&processor->run_lock);
        arch_context_switch(self, next);
        scheduler_switched();
        return;
    }
    lock_release(&processor->run_lock);
    scheduler_ready(next);
    scheduler_switch();
}

void scheduler_yield(void) {
    struct processor *processor = processor_current();
    struct thread *self = processor->current;
    if (processor->ready_levels == 0)
        return;
    lock_acquire(&processor->run_lock);
    self->switching = 1;
    if (self != processor->idle)
        queue_append(processor, self);
    struct thread *next = queue_take(processor, self);
    if (next == 0 || next == self) {
        self->state = THREAD_RUNNING;
        lock_release(&processor->run_lock);
        __atomic_store_n(&self->switching, 0, __ATOMIC_RELEASE);
        return;
    }
    switch_to(processor, self, next);
}

// Those that have stood first at their level and were not chosen: however many sleep and wake above them, they come to their turn.
static void age(struct processor *processor) {
    lock_acquire(&processor->run_lock);
    for (uint32_t levels = processor->ready_levels; levels != 0; levels &= levels - 1) {
        struct thread *thread = TAILQ_FIRST(&processor->ready[__builtin_ctz(levels)]);
        if (thread->penalty == 0)
            continue;
        queue_remove(processor, thread);
        penalty_set(thread, thread->penalty - 1);
        queue_append(processor, thread);
    }
    lock_release(&processor->run_lock);
}

// A slice that was used costs a level of priority, down to PENALTY_MAX of them.
void scheduler_tick(void) {
    struct processor *processor = processor_current();
    struct thread *thread = processor->current;
    if (thread == processor->idle)
        return;
    if (++processor->ticks % AGE_TICKS == 0)
        age(processor);
    if (processor->ready_levels >> thread->level > 1)
        __atomic_or_fetch(&processor->attention, ATTENTION_RESCHEDULE, __ATOMIC_RELAXED);
    if (thread->slice_left > 1) {
        thread->slice_left--;
        return;
    }
    thread->slice_left = SLICE_TICKS;
    lock_acquire(&processor->run_lock);
    if (thread->penalty < PENALTY_MAX)
        penalty_set(thread, thread->penalty + 1);
    bool others = processor->ready_levels != 0;
    lock_release(&processor->run_lock);
    if (others)
        __atomic_or_fetch(&processor->attention, ATTENTION_RESCHEDULE, __ATOMIC_RELAXED);
}

void scheduler_preemption_point(void) {
    assert_debug(processor_current()->lock_count == 0);
    machine_serve_interrupts();
    struct processor *processor = processor_current();
    scheduler_call_out();
    if (processor->attention & ATTENTION_RESCHEDULE) {
        __atomic_and_fetch(&processor->attention, ~(uint32_t)ATTENTION_RESCHEDULE, __ATOMIC_RELAXED);
        scheduler_yield();
    }
}

// ---- idleness ----

// Takes a thread that waits for its turn at another CPU.
static struct thread *steal_from(struct processor *victim, const struct thread *self) {
    if (victim->ready_levels == 0)
        return 0;
    lock_acquire(&victim->run_lock);
    struct thread *thread = queue_take(victim, self);
    bool is_idle = thread == victim->idle; // it was called
    if (is_idle)
        queue_append(victim, thread);
    lock_release(&victim->run_lock);
    return is_idle ? 0 : thread;
}

static bool steal(struct processor *processor) {
    for (uint32_t step = 1; step < processor_count; step++) {
        struct processor *victim = &processors[(processor->index + step) % processor_count];
        struct thread *thread = victim->is_idle ? 0 : steal_from(victim, processor->idle);
        if (thread == 0)
            continue;
        lock_acquire(&processor->run_lock);
        queue_append(processor, thread);
        lock_release(&processor->run_lock);
        return true;
    }
    return false;
}

void scheduler_idle_round(void) {
    struct processor *processor = processor_current();
    uint32_t attention = __atomic_exchange_n(&processor->attention, 0, __ATOMIC_ACQUIRE);
    if (attention & ATTENTION_LOG)
        machine_log_grew();
    scheduler_call_out();
    if (processor->ready_levels != 0 || steal(processor)) {
        scheduler_yield();
        if (processor->ready_levels != 0)
            machine_relax(); // only threads that other CPUs are still leaving
        return;
    }
    timer_hardware_update();
    scheduler_call_out();
    machine_wait_for_interrupt();
}

void scheduler_idle_call(struct processor *processor) {
    struct thread *idle = processor->idle;
    lock_acquire(&processor->run_lock);
    if (!processor->is_idle && idle->ready_level == THREAD_NOT_QUEUED) {
        idle->level = PRIORITY_MAX;
        queue_append(processor, idle);
    }
    switch_ask(processor, true);
}

void scheduler_idle(void) {
    idle_changed(processor_current(), true);
    for (;;)
        scheduler_idle_round();
}
