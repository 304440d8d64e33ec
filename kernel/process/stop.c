// Stopping and going on: a word in the process, and a demand of its threads that looks at it.
//
//      who stops it                              the thread
//      lock; stop_code, DEMAND_STOP              ... in its program: an interrupt brings it here; in a call: its end does
//      unlock                                    lock; stop_code is set: sleep on process->halted (which unlocks)
//      lock; stop_code := 0, wake; unlock        lock; not DEMAND_STOP any more, goes on
#include "kernel/process/stop.h"

#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/thread.h"

enum { KEY_STOPPED = 1 }; // of the sleepers in process->halted that no debugger wakes

static uint32_t stopped; // [a] processes that are, so that an end mostly looks for no orphans

static void threads_stop(struct process *process) {
    struct thread *thread;
    LIST_FOREACH(thread, &process->threads, process_link) {
        thread_demand_later(thread, DEMAND_STOP);
    }
}

void process_changed_locked(struct process *process, struct process *parent) {
    wait_queue_wake_all(&process->object.waiters);
    if (parent == 0)
        return;
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++)
        if ((*entry)->child_changed != 0)
            (*entry)->child_changed(parent, process);
}

static bool stop_locked(struct process *process, int32_t code) {
    bool is_news = !process->ending && (process->stop_code == 0) != (code == 0);
    if (!is_news)
        return false;
    process->stop_code = code;
    process->stop_untold = true;
    __atomic_add_fetch(&stopped, code != 0 ? 1 : -1, __ATOMIC_RELAXED);
    if (code != 0)
        threads_stop(process);
    else
        wait_queue_wake_key(&process->halted, KEY_STOPPED, UINT32_MAX);
    return true;
}

void process_stop(struct process *process, int32_t code) {
    struct process *parent = process_find(process->parent);
    lock_acquire(&process->object.lock);
    if (stop_locked(process, code))
        process_changed_locked(process, parent);
    lock_release(&process->object.lock);
    if (parent != 0)
        process_release(parent);
}

void process_stop_leave(const struct process *process) {
    if (process->stop_code != 0)
        __atomic_sub_fetch(&stopped, 1, __ATOMIC_RELAXED);
    if (__atomic_load_n(&stopped, __ATOMIC_RELAXED) == 0)
        return;
    uint32_t at = 0;
    struct process *other;
    while ((other = process_next(at)) != 0) {
        at = other->id;
        if (other->parent == process->id)
            process_stop(other, 0);
        process_release(other);
    }
}

// An upcall does not break the sleep off: it runs behind it.
void process_stop_serve(struct thread *thread) {
    struct process *process = thread->process;
    struct wait_for wait = {&process->object, WAIT_STOPPED, KEY_STOPPED, DEADLINE_NEVER};
    lock_acquire(&process->object.lock);
    __atomic_store_n(&thread->upcalls_wait, true, __ATOMIC_SEQ_CST);
    while (process->stop_code != 0 && !(thread->demands & DEMAND_END))
        wait_queue_sleep(&process->halted, &process->object.lock, &wait);
    __atomic_store_n(&thread->upcalls_wait, false, __ATOMIC_SEQ_CST);
    __atomic_and_fetch(&thread->demands, (uint8_t)~DEMAND_STOP, __ATOMIC_SEQ_CST);
    lock_release(&process->object.lock);
}

// The lock is held. False: there is nothing to tell.
static bool news_take(struct process *process, bool changes, struct process_end *end) {
    if (process->ended) {
        *end = process->end;
        return true;
    }
    if (!changes || !process->stop_untold)
        return false;
    process->stop_untold = false;
    *end = (struct process_end){.process = process->id,
                                .reason = process->stop_code != 0 ? END_STOPPED : END_CONTINUED,
                                .code = process->stop_code};
    return true;
}

enum status process_await(struct process *process, bool changes, uint64_t deadline, struct process_end *end) {
    struct wait_for wait = {&process->object, WAIT_PROCESS_END, 0, deadline};
    enum status status = STATUS_OK;
    lock_acquire(&process->object.lock);
    bool told = news_take(process, changes, end);
    while (!told && status == STATUS_OK) {
        status = wait_queue_sleep(&process->object.waiters, &process->object.lock, &wait);
        told = news_take(process, changes, end);
    }
    lock_release(&process->object.lock);
    return told ? STATUS_OK : status;
}
