// Timer objects: a kernel timer with a notice.
#include "ipc/timer.h"

#include "kernel/abi/event.h"
#include "kernel/base/clock.h"
#include "kernel/base/writer.h"
#include "kernel/thread/timer.h"

struct event_timer {
    struct object object;
    struct timer timer; // set by whoever holds `setting`, and by its own expiry
    struct notice notice;
    uint64_t interval; // written only while the timer is not armed
    int32_t number;    // [I] once named
    bool setting;      // [l]
};

static struct event_timer *timer_of(struct timer *timer) {
    return (struct event_timer *)((char *)timer - offsetof(struct event_timer, timer));
}

// How many points in time have passed; the next one lies in the future again.
static uint32_t expirations(struct event_timer *self, uint64_t now) {
    uint64_t passed = 1;
    if (self->interval != 0) {
        passed += (now - self->timer.when) / self->interval;
        timer_arm(&self->timer, self->timer.when + passed * self->interval);
    }
    return passed < UINT32_MAX ? (uint32_t)passed : UINT32_MAX;
}

static void timer_expired(struct timer *timer) {
    struct event_timer *self = timer_of(timer);
    EVENT event = {
        .Type = EVENT_TIMER,
        .Data1 = (uint32_t)self->number,
        .Data2 = expirations(self, clock_now()),
    };
    self->object.operations++;
    notice_raise(&self->notice, &event);
}

// Nobody can name it any more, so nobody could tell what its events mean.
static void timer_last_closed(struct object *object) {
    struct event_timer *self = (struct event_timer *)object;
    timer_disarm(&self->timer);
    notice_cancel(&self->notice);
}

static void timer_destroy(struct object *object) {
    struct event_timer *self = (struct event_timer *)object;
    timer_disarm(&self->timer);
    notice_end(&self->notice);
}

static void timer_describe(struct object *object, struct writer *out) {
    struct event_timer *self = (struct event_timer *)object;
    uint64_t now = clock_now(), when = self->timer.when;
    bool armed = self->timer.processor != 0;
    writer_format(out, "armed: %s\ninterval: %llu us\n", armed ? "yes" : "no",
                  (unsigned long long)(self->interval / 1000));
    if (armed && when > now)
        writer_format(out, "goes off in: %llu us\n", (unsigned long long)((when - now) / 1000));
}

const struct object_type timer_type = {
    .name = "timer",
    .kind = OBJECT_TIMER,
    .size = sizeof(struct event_timer),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_COPY | RIGHT_MANAGE,
    .last_number_closed = timer_last_closed,
    .destroy = timer_destroy,
    .describe = timer_describe,
};

enum status timer_make(struct process *process, struct object **object) {
    enum status status = object_create(&timer_type, process->account, "timer", object);
    if (status != STATUS_OK)
        return status;
    struct event_timer *self = (struct event_timer *)*object;
    timer_start(&self->timer, timer_expired);
    // No owner: the timer ends its notice itself, and it is the notice's source that must not keep it alive.
    notice_start(&self->notice, process->notice_target, 0, (*object)->id);
    return STATUS_OK;
}

void timer_name(struct object *object, int32_t number) {
    ((struct event_timer *)object)->number = number;
}

static bool setting_begin(struct event_timer *self) {
    lock_acquire(&self->object.lock);
    bool free = !self->setting;
    self->setting = true;
    lock_release(&self->object.lock);
    return free;
}

static void setting_end(struct event_timer *self) {
    lock_acquire(&self->object.lock);
    self->setting = false;
    lock_release(&self->object.lock);
}

enum status timer_adjust(struct object *object, uint64_t when, uint64_t interval) {
    struct event_timer *self = (struct event_timer *)object;
    if (interval != 0 && (interval < TIMER_INTERVAL_MIN || interval > UINT64_MAX / 2))
        return STATUS_INVALID_ARGUMENT;
    if (!setting_begin(self))
        return STATUS_BUSY;
    timer_disarm(&self->timer);
    self->interval = interval;
    if (when != DEADLINE_NEVER)
        timer_arm(&self->timer, when);
    setting_end(self);
    return STATUS_OK;
}
