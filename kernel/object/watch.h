// Watches: who wants to be told, once, when a condition of an object becomes true (enum watch_condition).
//
// Rules: a watch is embedded in what its owner keeps (ipc/event_watch.c: with a notice). An object's watches are under the
// object's lock; object_signal is called under that lock by whoever makes a condition true. `fire` runs under it too, may only
// raise a notice, and the watch is off the list by then.
#pragma once

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stdint.h>

struct object;

struct object_watch {
    LIST_ENTRY(object_watch) link; // [object's lock]
    uint32_t conditions;           // waited for
    bool set;                      // on the list
    void (*fire)(struct object_watch *watch, uint32_t conditions);
};

LIST_HEAD(object_watch_list, object_watch);

void object_signal_watches(struct object *object, uint32_t conditions);

// Sets a watch (again); fires at once where the type's `conditions` say that one is true already. Takes the object's lock.
void object_watch_set(struct object *object, struct object_watch *watch, uint32_t conditions);

// Takes a watch off, wherever it stands. Takes the object's lock.
void object_watch_remove(struct object *object, struct object_watch *watch);

// The same with the object's lock held.
void object_watch_remove_locked(struct object_watch *watch);
