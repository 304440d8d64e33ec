// Watches: the list that hangs on an object, fired once each.
#include "kernel/object/watch.h"

#include "kernel/object/object.h"

void object_watch_remove_locked(struct object_watch *watch) {
    if (!watch->set)
        return;
    LIST_REMOVE(watch, link);
    watch->set = false;
}

void object_signal_watches(struct object *object, uint32_t conditions) {
    struct object_watch *watch = LIST_FIRST(&object->watches);
    while (watch != 0) {
        struct object_watch *next = LIST_NEXT(watch, link);
        uint32_t met = watch->conditions & conditions;
        if (met != 0) {
            object_watch_remove_locked(watch);
            watch->fire(watch, met);
        }
        watch = next;
    }
}

void object_watch_set(struct object *object, struct object_watch *watch, uint32_t conditions) {
    lock_acquire(object_lock(object));
    object_watch_remove_locked(watch);
    watch->conditions = conditions;
    uint32_t met = object->type->conditions != 0 ? object->type->conditions(object) & conditions : 0;
    if (met != 0) {
        watch->fire(watch, met);
    } else {
        LIST_INSERT_HEAD(&object->watches, watch, link);
        watch->set = true;
    }
    lock_release(object_lock(object));
}

void object_watch_remove(struct object *object, struct object_watch *watch) {
    lock_acquire(object_lock(object));
    object_watch_remove_locked(watch);
    lock_release(object_lock(object));
}
