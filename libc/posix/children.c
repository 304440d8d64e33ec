// The list of children.
#include "libc/posix/children.h"

#include <stdlib.h>

#include "libc/signal/hold.h"
#include "libc/thread/lock.h"

static struct child *children;
static size_t count, capacity;
static _LOCK_T children_lock;

// A handler of a signal may wait for children, so none runs in here.
static void lock(void) {
    signals_hold();
    __lock_acquire(children_lock);
}

static void unlock(void) {
    __lock_release(children_lock);
    signals_let();
}

static bool grow(void) {
    size_t larger = capacity ? capacity * 2 : 8;
    struct child *list = reallocarray(children, larger, sizeof *list);
    if (!list)
        return false;
    children = list;
    capacity = larger;
    return true;
}

bool children_add(struct child child) {
    lock();
    bool has_room = count < capacity || grow();
    if (has_room)
        children[count++] = child;
    unlock();
    return has_room;
}

static size_t index_of(uint32_t process) {
    size_t i = 0;
    while (i < count && children[i].process != process)
        i++;
    return i;
}

bool children_at(size_t index, struct child *child) {
    lock();
    bool is_there = index < count;
    if (is_there)
        *child = children[index];
    unlock();
    return is_there;
}

bool children_find(uint32_t process, struct child *child) {
    lock();
    bool is_there = children_at(index_of(process), child);
    unlock();
    return is_there;
}

void children_remove(uint32_t process) {
    lock();
    size_t index = index_of(process);
    if (index < count)
        children[index] = children[--count];
    unlock();
}
