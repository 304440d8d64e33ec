// Timers of programs: objects that tell by EVENT_TIMER that their time has come, once or at intervals.
//
// Goings-off before the event was taken are counted in it, those that a late interrupt missed, too; setting the timer takes back
// what was not taken yet.
//
// Rules: no lock may be held. The expiry function takes no lock of the timer's, so the timer is disarmed under that lock.
#pragma once

#include "kernel/object/notice.h"
#include "kernel/process/process.h"
#include "kernel/thread/timer.h"

enum { EVENT_TIMER_INTERVAL_MIN = 10000 }; // nanoseconds

struct event_timer {
    struct object object;
    struct timer timer;
    struct notice notice;
    int32_t number;    // [I] once it is set up
    uint64_t when;     // [l] while it is not armed, else its expiry function's; DEADLINE_NEVER: it stands still
    uint64_t interval; // [l] 0: once
    bool closed;       // [l] its last number is closed
};

extern const struct object_type event_timer_type;

// Makes one that tells `process`; its number is set before it is handed out. LIMIT_REACHED, NO_MEMORY.
enum status event_timer_create(struct process *process, int32_t number, struct event_timer **timer);

// INVALID_ARGUMENT: the interval is too short. BAD_NUMBER: closed meanwhile.
enum status event_timer_set(struct event_timer *timer, uint64_t when, uint64_t interval);
