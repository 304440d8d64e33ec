// Threads: how one is made, how it ends, and what is looked at each time before it goes back to its program.
#include "kernel/thread/thread.h"

#include "kernel/abi/event.h"
#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/user.h"
#include "kernel/object/machine.h"
#include "kernel/process/debugger.h"
#include "kernel/process/end.h"
#include "kernel/process/process.h"
#include "kernel/process/stop.h"
#include "kernel/process/subsystem.h"
#include "kernel/process/thread_numbers.h"
#include "kernel/thread/futex.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"
#include "kernel/thread/upcall.h"

void (*upcall_serve)(struct thread *thread);
bool (*upcall_fault)(const struct upcall_fault *fault);
void (*debugger_serve)(struct thread *thread);
void (*debugger_thread_made)(struct thread *thread);

static const char *wait_reason_text(enum wait_reason reason) {
    static const char *const texts[WAIT_REASON_COUNT] = {[WAIT_NOT] = "nothing",
#define WAIT_REASON_TEXT(name, text) [WAIT_##name] = text,
                                                         WAIT_REASON_LIST(WAIT_REASON_TEXT)
#undef WAIT_REASON_TEXT
    };
    return reason < WAIT_REASON_COUNT ? texts[reason] : "unknown";
}

static const char *thread_state_text(uint32_t state) {
    static const char *const texts[] = {"new", "ready", "running", "waiting", "ended"};
    return state <= THREAD_ENDED ? texts[state] : "unknown";
}

static void thread_describe(struct object *object, struct writer *out) {
    struct thread *thread = (struct thread *)object;
    writer_format(out, "process: %u\nstate: %s\npriority: %u, %u lost\n", thread->process->id,
                  thread_state_text(thread->state), thread->base_priority, thread->penalty);
    if (thread->state == THREAD_WAITING)
        writer_format(out, "waits: %s, object %llu\n", wait_reason_text(thread->wait.reason),
                      (unsigned long long)thread->wait.object);
}

static void thread_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    struct thread *thread = (struct thread *)object;
    edges->count = 1;
    edges->processes[0] = thread->process->id;
}

static void thread_destroy(struct object *object) {
    struct thread *thread = (struct thread *)object;
    arch_context_destroy(thread);
    account_discharge(thread->process->account, ACCOUNT_THREADS, 1);
    object_release(&thread->process->object);
}

static uint32_t thread_conditions(struct object *object) {
    return ((struct thread *)object)->state == THREAD_ENDED ? WATCH_CLOSED : 0;
}

const struct object_type thread_type = {
    .name = "thread",
    .kind = OBJECT_THREAD,
    .size = sizeof(struct thread),
    .lock_rank = RANK_OBJECT_INNER,
    .rights = RIGHT_READ | RIGHT_WAIT | RIGHT_MANAGE | RIGHT_COPY,
    .destroy = thread_destroy,
    .describe = thread_describe,
    .wait_edges = thread_edges,
    .conditions = thread_conditions,
};

static void thread_set_up(struct thread *thread, const struct thread_start *start) {
    thread->process = start->process;
    object_retain(&start->process->object);
    thread->base_priority = start->priority;
    thread_settle_level(thread);
    thread->slice_left = SLICE_TICKS;
    thread->ready_level = THREAD_NOT_QUEUED;
    thread->waiter.thread = thread;
    thread->processor = processor_current();
    thread->end_word = start->end_word;
    timer_start(&thread->deadline, wait_deadline_passed);
}

// Enters it into its process's list, unless the process is ending.
static enum status process_adopt(struct process *process, struct thread *thread) {
    lock_acquire(&process->object.lock);
    bool ending = process->ending;
    if (!ending) {
        LIST_INSERT_HEAD(&process->threads, thread, process_link);
        process->thread_count++;
        if (process->debugger != 0)
            debugger_thread_made(thread);
        if (process->stop_code != 0)
            __atomic_or_fetch(&thread->demands, DEMAND_STOP, __ATOMIC_SEQ_CST);
    }
    lock_release(&process->object.lock);
    return ending ? STATUS_PEER_DIED : STATUS_OK;
}

enum status thread_create(const struct thread_start *start, struct thread **thread) {
    struct account *account = start->process->account;
    enum status status = account_charge(account, ACCOUNT_THREADS, 1);
    if (status != STATUS_OK)
        return status;
    struct object *object;
    status = object_create(&thread_type, account, start->name, &object);
    if (status != STATUS_OK) {
        account_discharge(account, ACCOUNT_THREADS, 1);
        return status;
    }
    struct thread *made = (struct thread *)object;
    thread_set_up(made, start);
    status = arch_context_create(made, start);
    if (status == STATUS_OK)
        status = process_adopt(start->process, made);
    if (status != STATUS_OK) {
        object_release(object);
        return status;
    }
    *thread = made;
    return STATUS_OK;
}

void thread_launch(struct thread *thread) {
    object_retain(&thread->object); // the scheduler's own, until it has ended and left its stack
    scheduler_ready(thread);
}

// Takes it out of its process. True: it was the last one.
static bool process_leave(struct process *process, struct thread *thread) {
    uint64_t used = thread->processor_time + clock_counter() - thread->switched_in;
    lock_acquire(&process->object.lock);
    LIST_REMOVE(thread, process_link);
    process->processor_time += used;
    bool last = --process->thread_count == 0;
    if (last)
        process->ending = true;
    lock_release(&process->object.lock);
    return last;
}

// Tells a joiner in the same program: the word goes to 0 and its sleepers are woken. For a thread that has not left its process:
// the address space stays as long as one has not.
static void end_word_clear(struct thread *thread) {
    struct user_address word = {thread->end_word};
    if (word.value != 0 && user_write_word(word, 0) == STATUS_OK)
        futex_wake_address(thread->process, word, UINT32_MAX);
}

void thread_catch_up(void) {
    struct thread *thread = thread_current();
    struct object *object = thread->put_off;
    thread->has_put_off = false;
    thread->put_off = 0;
    if (object == 0)
        return;
    object->type->catch_up(object);
    object_release(object);
}

void thread_put_off(struct object *object) {
    struct thread *thread = thread_current();
    if (thread->put_off == object)
        return;
    thread_catch_up();
    thread->put_off = object_retain(object);
    thread->has_put_off = true;
}

// What belongs to the thread alone goes while it still has its process.
static void own_things_drop(struct thread *thread) {
    if (thread->has_put_off)
        thread_catch_up();
    if (thread->process->thread_numbers != 0)
        thread_numbers_close_all(thread);
    if (thread->links != 0)
        object_release(thread->links);
    thread->links = 0;
}

static void subsystems_tell_the_end(struct thread *thread) {
    for (thread_end_function *const *entry = __start_thread_ends; entry != __stop_thread_ends; entry++)
        (*entry)(thread);
}

void thread_exit(void) {
    struct thread *thread = thread_current();
    own_things_drop(thread);
    subsystems_tell_the_end(thread);
    if (!thread->process->ending)
        end_word_clear(thread);
    if (process_leave(thread->process, thread))
        process_finish(thread->process);
    lock_acquire(&thread->object.lock);
    thread->switching = 1;
    __atomic_store_n(&thread->state, THREAD_ENDED, __ATOMIC_RELEASE);
    wait_queue_wake_all(&thread->object.waiters);
    object_signal(&thread->object, WATCH_CLOSED);
    lock_release(&thread->object.lock);
    scheduler_switch();
    __builtin_unreachable();
}

// Also where programs above its own priority poll for ever it is to get to its end.
void thread_end(struct thread *thread) {
    if (thread->base_priority < PRIORITY_NORMAL)
        scheduler_set_priority(thread, PRIORITY_NORMAL, 0);
    thread_demand(thread, DEMAND_END);
}

// Brings it by thread_before_user soon, if it runs.
static inline void thread_attend(struct thread *thread) {
    struct processor *processor = thread->processor;
    __atomic_or_fetch(&processor->attention, ATTENTION_DEMAND, __ATOMIC_SEQ_CST);
    if (processor->current == thread)
        scheduler_call(processor);
}

void thread_demand(struct thread *thread, enum thread_demand demand) {
    __atomic_or_fetch(&thread->demands, demand, __ATOMIC_SEQ_CST);
    if (demand == DEMAND_END || !wait_defers_upcalls(thread))
        wait_interrupt(thread);
    thread_attend(thread);
}

void thread_demand_later(struct thread *thread, enum thread_demand demand) {
    __atomic_or_fetch(&thread->demands, demand, __ATOMIC_SEQ_CST);
    thread_attend(thread);
}

void thread_demand_own(enum thread_demand demand) {
    __atomic_or_fetch(&thread_current()->demands, demand, __ATOMIC_SEQ_CST);
    __atomic_or_fetch(&processor_current()->attention, ATTENTION_DEMAND, __ATOMIC_SEQ_CST);
}

// An upcall goes first: where a debugger halts the thread, or a stop, is where its program goes on.
__attribute__((noinline, cold)) static void demands_serve_all(struct thread *thread) {
    if (thread->demands & DEMAND_END)
        thread_exit();
    if (thread->demands & DEMANDS_OF_UPCALLS)
        upcall_serve(thread);
    if (thread->demands & DEMAND_STOP)
        process_stop_serve(thread);
    if (thread->demands & DEMANDS_OF_DEBUGGER)
        debugger_serve(thread);
    if (thread->demands & DEMAND_END)
        thread_exit();
}

static void demands_serve(struct thread *thread) {
    if (thread->demands & ~DEMANDS_OF_UPCALLS)
        demands_serve_all(thread);
    else
        upcall_serve(thread);
}

static inline void attend(uint32_t attention) {
    struct thread *thread = thread_current();
    if (attention & ATTENTION_CALL)
        scheduler_call_out();
    if (thread->demands != 0)
        demands_serve(thread);
    if (attention & ATTENTION_RESCHEDULE)
        scheduler_yield();
}

// Who watches the log is told first: a thread that ends does not come back.
__attribute__((noinline, cold)) static void attend_with_log(uint32_t attention) {
    machine_log_grew();
    attend(attention);
}

void thread_before_user(void) {
    struct processor *processor = processor_current();
    uint32_t attention = __atomic_exchange_n(&processor->attention, 0, __ATOMIC_ACQUIRE);
    if (__builtin_expect(attention & ATTENTION_LOG, 0))
        attend_with_log(attention);
    else
        attend(attention);
}
