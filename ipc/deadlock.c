// The search for a cycle: breadth first over processes, then a second look that all that was seen still waits as it did.
//
// Threads go on running meanwhile. Had each of them been waiting when it was looked at, one may have been woken since by one looked
// at later; so all are looked at again: whoever still is in the same wait was so all the time between.
#include "ipc/deadlock.h"

#include "ipc/holders.h"
#include "kernel/process/process.h"
#include "kernel/thread/thread.h"

enum { SEARCH_PROCESSES = 32, SEARCH_THREADS = 64 };

struct seen {
    uint64_t thread; // object id
    uint64_t object;
    uint64_t since;
    uint32_t reason;
    uint32_t process;
};

struct search {
    bool open; // somebody can do something, or it cannot be told
    uint32_t process_count, thread_count;
    uint32_t processes[SEARCH_PROCESSES];
    struct seen threads[SEARCH_THREADS];
};

static void process_add(struct search *search, uint32_t id) {
    for (uint32_t i = 0; i < search->process_count; i++)
        if (search->processes[i] == id)
            return;
    if (search->process_count == SEARCH_PROCESSES)
        search->open = true;
    else
        search->processes[search->process_count++] = id;
}

// A wait that nobody in particular ends is open.
static void edges_add(struct search *search, const struct wait_edges *edges) {
    if (edges->count == 0 || edges->count > WAIT_WAKERS_MAX)
        search->open = true;
    for (uint32_t i = 0; i < edges->count && !search->open; i++)
        process_add(search, edges->processes[i]);
}

static bool waits_so(const struct thread *thread, const struct seen *seen) {
    return thread->state == THREAD_WAITING && thread->outcome == WAIT_WAITING && thread->wait.since == seen->since &&
           thread->wait.object == seen->object;
}

// Notes how a thread waits; its process's lock is held.
static void thread_note(struct search *search, const struct thread *thread) {
    if (search->thread_count == SEARCH_THREADS) {
        search->open = true;
        return;
    }
    struct seen *seen = &search->threads[search->thread_count++];
    *seen = (struct seen){
        .thread = thread->object.id,
        .object = thread->wait.object,
        .since = thread->wait.since,
        .reason = thread->wait.reason,
        .process = thread->process->id,
    };
    if (!waits_so(thread, seen))
        search->open = true;
}

// Whom a thread waits for.
static void seen_follow(struct search *search, const struct seen *seen) {
    struct wait_edges edges = {0};
    struct object *object = seen->object != 0 ? object_find(seen->object) : 0;
    if (object != 0) {
        if (object->type->wait_edges != 0)
            object->type->wait_edges(object, (enum wait_reason)seen->reason, &edges);
        object_release(object);
    } else if (seen->reason == WAIT_FUTEX) {
        holders_add(&edges, seen->process); // memory of its own
    }
    edges_add(search, &edges);
}

static void process_examine(struct search *search, uint32_t id) {
    struct process *process = process_find(id);
    if (process == 0)
        return; // it has ended, and will do nothing more
    uint32_t first = search->thread_count;
    struct thread *thread;
    lock_acquire(&process->object.lock);
    if (process->ending)
        search->open = true;
    LIST_FOREACH(thread, &process->threads, process_link) {
        if (!search->open)
            thread_note(search, thread);
    }
    lock_release(&process->object.lock);
    process_release(process);
    for (uint32_t i = first; i < search->thread_count && !search->open; i++)
        seen_follow(search, &search->threads[i]);
}

static bool still_waits(const struct seen *seen) {
    struct object *object = object_find(seen->thread);
    if (object == 0)
        return false;
    bool waits = waits_so((struct thread *)object, seen);
    object_release(object);
    return waits;
}

bool deadlock_is_certain(const struct wait_edges *wakers) {
    struct search search;
    search.open = false;
    search.process_count = search.thread_count = 0;
    edges_add(&search, wakers);
    for (uint32_t i = 0; i < search.process_count && !search.open; i++)
        process_examine(&search, search.processes[i]);
    for (uint32_t i = 0; i < search.thread_count && !search.open; i++)
        search.open = !still_waits(&search.threads[i]);
    return !search.open;
}
