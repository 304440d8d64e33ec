// A notice: the place for one event that the kernel promises to deliver. It is reserved when its source is made, so raising
// it never allocates and never fails; repeats before it was taken coalesce with a count. (R-B2)
//
// Rules: embedded in its source. Raised under any lock below RANK_EVENTS. While it is queued it holds a reference to
// `owner` (where it has one); a source without owner must cancel it before the memory goes. The target is what the
// receiving process's event queue put into process->notice_target.
#pragma once

#include <bsd/sys/queue.h>
#include <stdbool.h>

#include "kernel/abi/event.h"
#include "kernel/abi/status.h"

struct notice;
struct object;
struct process;

// Where notices go; the event queue implements it. `raise` and `cancel` take the queue's lock.
struct notice_target {
    void (*raise)(struct notice_target *target, struct notice *notice, const EVENT *event);
    void (*cancel)(struct notice_target *target, struct notice *notice);
    void (*retain)(struct notice_target *target);
    void (*release)(struct notice_target *target);
};

struct notice {
    TAILQ_ENTRY(notice) link; // [target's lock] as are the fields up to `queued`
    EVENT event;
    uint64_t time; // when it was raised, by the processor's counter
    uint32_t count;
    bool queued;
    struct notice_target *target; // a reference; null: nobody listens
    struct object *owner;         // referenced while queued; may be null
    uint64_t object;              // id told in event_source
    uint32_t process, user;       // told in event_source
    // Called once in the taker's context, without locks, before the event is handed out; may change it (say, put in a number
    // it made). An error other than OK leaves the notice queued and goes to the taker. May be null.
    enum status (*take)(struct notice *notice, struct process *taker, EVENT *event);
};

// Sets a zeroed notice up. `target` null: raising does nothing.
void notice_start(struct notice *notice, struct notice_target *target, struct object *owner, uint64_t object);

// Raises it: queues it, or where it is queued already counts up and replaces the event by this newer one.
void notice_raise(struct notice *notice, const EVENT *event);

// Takes it off the queue where it is there (its owner reference is released), keeping it usable.
void notice_cancel(struct notice *notice);

// Cancels and lets go of the target. For the source's destruction.
void notice_end(struct notice *notice);
