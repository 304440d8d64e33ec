// The debugger as an object: made, attached, closed, and gone with the process.
#include "kernel/process/debugger.h"

#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/thread.h"

static void debugger_describe(struct object *object, struct writer *out) {
    struct debugger *debugger = (struct debugger *)object;
    if (debugger->process != 0)
        writer_format(out, "debugs: %u\nby: %u\nbreakpoints: %u\nstops not told: %u\nended: %s\n",
                      debugger->process->id, debugger->owner, debugger->breakpoint_count, debugger->untold,
                      debugger->is_over ? "yes" : "no");
}

static void debugger_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    edges->count = 1;
    edges->processes[0] = ((struct debugger *)object)->owner;
}

static uint32_t debugger_conditions(struct object *object) {
    struct debugger *debugger = (struct debugger *)object;
    uint32_t conditions = __atomic_load_n(&debugger->untold, __ATOMIC_SEQ_CST) > 0 ? WATCH_READABLE : 0;
    return __atomic_load_n(&debugger->is_over, __ATOMIC_SEQ_CST) ? WATCH_READABLE | WATCH_CLOSED : conditions;
}

// ---- the end of the one or the other ----

// Nobody is a debugger's any more: all run.
static void threads_let_go(struct debugger *debugger) {
    static const struct debug_resume go = {.action = DEBUG_CONTINUE};
    struct thread *thread;
    LIST_FOREACH(thread, &debugger->process->threads, process_link) {
        debugger_resume(debugger, thread, &go);
    }
}

static void debugger_last_number_closed(struct object *object) {
    struct debugger *debugger = (struct debugger *)object;
    if (debugger_lock(debugger) != STATUS_OK)
        return;
    debugger->is_leaving = true;
    debugger_unlock(debugger);
    debugger_breaks_remove(debugger);
    if (debugger_lock(debugger) != STATUS_OK)
        return;
    debugger->holds_new = false;
    for (uint32_t i = 0; i < DEBUG_POINTS; i++)
        debugger->points[i].size = 0;
    threads_let_go(debugger);
    debugger->process->account->swapped = debugger->was_swapped;
    debugger->process->debugger = 0;
    debugger_unlock(debugger);
}

static void debugger_destroy(struct object *object) {
    struct debugger *debugger = (struct debugger *)object;
    if (debugger->breakpoints != 0) {
        heap_free(debugger->breakpoints);
        account_discharge(object->account, ACCOUNT_MEMORY_PAGES, 1);
    }
    if (debugger->process != 0)
        object_release(&debugger->process->object);
}

const struct object_type debugger_type = {
    .name = "debugger",
    .kind = OBJECT_DEBUGGER,
    .size = sizeof(struct debugger),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_READ | RIGHT_WRITE | RIGHT_COPY | RIGHT_WAIT | RIGHT_MANAGE,
    .last_number_closed = debugger_last_number_closed,
    .destroy = debugger_destroy,
    .describe = debugger_describe,
    .wait_edges = debugger_edges,
    .conditions = debugger_conditions,
};

// The process's address space and its list of threads go after this.
static void process_ended(struct process *process) {
    lock_acquire(&process->object.lock);
    struct debugger *debugger = process->debugger;
    process->debugger = 0;
    if (debugger != 0) {
        lock_acquire(&debugger->object.lock);
        __atomic_store_n(&debugger->is_over, true, __ATOMIC_SEQ_CST);
        object_signal(&debugger->object, WATCH_READABLE | WATCH_CLOSED);
        lock_release(&debugger->object.lock);
    }
    lock_release(&process->object.lock);
}

// ---- making ----

_Static_assert(DEBUG_BREAKPOINTS_MAX * sizeof(struct debugger_breakpoint) <= PAGE_SIZE, "they are one page");

enum status debugger_create(struct debugger **debugger) {
    struct process *caller = process_current();
    struct object *object;
    enum status status = object_create(&debugger_type, caller->account, caller->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct debugger *made = (struct debugger *)object;
    made->owner = caller->id;
    status = account_charge(caller->account, ACCOUNT_MEMORY_PAGES, 1);
    if (status == STATUS_OK && (made->breakpoints = heap_allocate(PAGE_SIZE)) == 0) {
        account_discharge(caller->account, ACCOUNT_MEMORY_PAGES, 1);
        status = STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK)
        *debugger = made;
    else
        object_release(object);
    return status;
}

// A page that holds a breakpoint is not to be taken out to the swap area: putting back what lies under it must not have to wait.
static void attach_locked(struct debugger *debugger, struct process *process) {
    object_retain(&process->object);
    debugger->process = process;
    debugger->was_swapped = process->account->swapped;
    process->account->swapped = false;
    process->debugger = debugger;
    process->was_debugged = true;
}

enum status debugger_attach(struct debugger *debugger, struct process *process) {
    enum status status = STATUS_OK;
    lock_acquire(&process->object.lock);
    if (process->ending)
        status = STATUS_PEER_DIED;
    else if (process->debugger != 0)
        status = STATUS_BUSY;
    else
        attach_locked(debugger, process);
    lock_release(&process->object.lock);
    return status;
}

void debugger_adopt(struct debugger *debugger, struct process *process) {
    struct thread *thread;
    lock_acquire(&process->object.lock);
    attach_locked(debugger, process);
    debugger->holds_new = true;
    LIST_FOREACH(thread, &process->threads, process_link) {
        debugger_halt(thread);
    }
    lock_release(&process->object.lock);
}

enum status debugger_lock(struct debugger *debugger) {
    struct process *process = debugger->process;
    lock_acquire(&process->object.lock);
    if (process->debugger == debugger)
        return STATUS_OK;
    lock_release(&process->object.lock);
    return STATUS_PEER_DIED;
}

void debugger_unlock(struct debugger *debugger) {
    lock_release(&debugger->process->object.lock);
}

SUBSYSTEM(debugger_process_subsystem) = {.name = "debuggers", .process_ended = process_ended};
