// Timers of programs: armed in the kernel's timer tree, told by notice.
#include "ipc/timer.h"

#include "kernel/abi/event.h"
#include "kernel/base/clock.h"
#include "kernel/base/writer.h"

static struct event_timer *timer_of(struct timer *timer) {
    return (struct event_timer *)((char *)timer - offsetof(struct event_timer, timer));
}

// How often an interval timer that was due at `when` has gone off by now; moves `when` on to the next time.
static uint32_t goings_off(struct event_timer *timer, uint64_t now) {
    uint64_t times = 1 + (now > timer->when ? (now - timer->when) / timer->interval : 0);
    uint64_t step;
    if (__builtin_mul_overflow(times, timer->interval, &step) ||
        __builtin_add_overflow(timer->when, step, &timer->when))
        timer->when = DEADLINE_NEVER;
    return times < UINT32_MAX ? (uint32_t)times : UINT32_MAX;
}

// In interrupt context; while it runs nobody else touches `when` and `interval`.
static void timer_expired(struct timer *armed) {
    struct event_timer *timer = timer_of(armed);
    uint32_t times = 1;
    if (timer->interval != 0)
        times = goings_off(timer, clock_now());
    else
        timer->when = DEADLINE_NEVER;
    EVENT event = {.Type = EVENT_TIMER, .Data1 = (uint32_t)timer->number, .Data2 = times};
    notice_raise(&timer->notice, &event);
    if (timer->when != DEADLINE_NEVER)
        timer_arm(armed, timer->when);
}

static void timer_last_number_closed(struct object *object) {
    struct event_timer *timer = (struct event_timer *)object;
    lock_acquire(&object->lock);
    timer->closed = true;
    timer_disarm(&timer->timer);
    timer->when = DEADLINE_NEVER;
    lock_release(&object->lock);
    notice_cancel(&timer->notice);
}

static void timer_destroy(struct object *object) {
    struct event_timer *timer = (struct event_timer *)object;
    timer_disarm(&timer->timer);
    notice_end(&timer->notice);
}

static void timer_describe(struct object *object, struct writer *out) {
    struct event_timer *timer = (struct event_timer *)object;
    uint64_t now = clock_now();
    lock_acquire(&object->lock);
    uint64_t when = timer->when, interval = timer->interval;
    lock_release(&object->lock);
    if (when == DEADLINE_NEVER)
        writer_text(out, "goes off: never\n");
    else
        writer_format(out, "goes off: in %llu ns\n", (unsigned long long)(when > now ? when - now : 0));
    writer_format(out, "interval: %llu ns\n", (unsigned long long)interval);
}

const struct object_type event_timer_type = {
    .name = "timer",
    .kind = OBJECT_TIMER,
    .size = sizeof(struct event_timer),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_MANAGE,
    .last_number_closed = timer_last_number_closed,
    .destroy = timer_destroy,
    .describe = timer_describe,
};

enum status event_timer_create(struct process *process, int32_t number, struct event_timer **timer) {
    struct object *object;
    enum status status = object_create(&event_timer_type, process->account, "timer", &object);
    if (status != STATUS_OK)
        return status;
    struct event_timer *made = (struct event_timer *)object;
    timer_start(&made->timer, timer_expired);
    notice_start(&made->notice, process->notice_target, object, object->id);
    made->number = number;
    made->when = DEADLINE_NEVER;
    *timer = made;
    return STATUS_OK;
}

static void set_locked(struct event_timer *timer, uint64_t when, uint64_t interval) {
    timer_disarm(&timer->timer);
    notice_cancel(&timer->notice);
    timer->when = when;
    timer->interval = interval;
    if (when != DEADLINE_NEVER)
        timer_arm(&timer->timer, when);
}

enum status event_timer_set(struct event_timer *timer, uint64_t when, uint64_t interval) {
    if (interval != 0 && interval < EVENT_TIMER_INTERVAL_MIN)
        return STATUS_INVALID_ARGUMENT;
    lock_acquire(&timer->object.lock);
    bool closed = timer->closed;
    if (!closed)
        set_locked(timer, when, interval);
    lock_release(&timer->object.lock);
    return closed ? STATUS_BAD_NUMBER : STATUS_OK;
}
