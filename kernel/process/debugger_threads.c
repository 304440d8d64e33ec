// How a debugger's threads halt, go on, and tell why they stopped.
//
//      the debugger                              the thread
//      lock; is_wanted, DEMAND_HALT              ... in its program: an interrupt brings it here; in a call: its end does
//      unlock                                    lock; is_wanted: is_halted, tell, sleep on process->halted (which unlocks)
//      lock; is_wanted := false, wake; unlock    lock; goes on
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/user.h"
#include "kernel/process/debugger.h"
#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/thread.h"

enum { VECTOR_OF_BREAKPOINT = 3, BREAKPOINT_SIZE = 1, INSTRUCTION_BREAK = 0xcc };

// ---- the debugger's side ----

struct thread *debugger_thread(struct debugger *debugger, uint64_t id) {
    struct thread *thread;
    LIST_FOREACH(thread, &debugger->process->threads, process_link) {
        if (thread->object.id == id)
            return thread;
    }
    return 0;
}

void debugger_halt(struct thread *thread) {
    if (thread->debug.is_wanted)
        return;
    thread->debug.is_wanted = true;
    thread_demand_later(thread, DEMAND_HALT);
}

static void stop_forget(struct debugger *debugger, struct thread *thread) {
    if (thread->debug.is_untold)
        __atomic_sub_fetch(&debugger->untold, 1, __ATOMIC_SEQ_CST);
    thread->debug.is_untold = false;
}

// One that is still on its way to be halted goes on without; its stop, if it has one, is forgotten with that.
void debugger_resume(struct debugger *debugger, struct thread *thread, const struct debug_resume *how) {
    struct thread_debug *debug = &thread->debug;
    if (!debug->is_wanted)
        return;
    bool stands = debugger_state(thread) != DEBUGGED_RUNS;
    stop_forget(debugger, thread);
    debug->passes = how->action == DEBUG_PASS_FAULT && debug->stop.reason == STOP_FAULT;
    debug->steps = how->action == DEBUG_STEP;
    debug->start = how->start;
    debug->end = how->end;
    debug->stop.reason = 0;
    debug->is_wanted = false;
    debug->is_noted = false;
    if (debug->steps)
        thread_demand_later(thread, DEMAND_POINTS);
    if (stands)
        arch_debug_step(thread, debug->steps);
    if (debug->is_halted && thread->waiter.queued)
        wait_queue_wake_waiter(&thread->process->halted, &thread->waiter);
}

enum debugged_state debugger_state(const struct thread *thread) {
    if (!thread->debug.is_wanted || __atomic_load_n(&thread->state, __ATOMIC_SEQ_CST) != THREAD_WAITING ||
        __atomic_load_n(&thread->switching, __ATOMIC_SEQ_CST))
        return DEBUGGED_RUNS;
    return thread->debug.is_halted ? DEBUGGED_HALTED : DEBUGGED_CALLS;
}

bool debugger_stop_is_new(const struct thread *thread) {
    const struct thread_debug *debug = &thread->debug;
    return debug->is_untold || (debug->is_wanted && !debug->is_halted && debug->stop.reason != 0);
}

bool debugger_take_stop(struct debugger *debugger, struct process_stop *stop) {
    struct thread *thread;
    LIST_FOREACH(thread, &debugger->process->threads, process_link) {
        if (!thread->debug.is_untold)
            continue;
        stop_forget(debugger, thread);
        *stop = thread->debug.stop;
        return true;
    }
    return false;
}

// ---- the thread's side ----

static void stop_tell(struct debugger *debugger, struct thread *thread) {
    struct thread_debug *debug = &thread->debug;
    bool is_asked = debug->stop.reason == 0;
    if (is_asked)
        debug->stop = (struct process_stop){.reason = STOP_ASKED};
    debug->stop.thread = thread->object.id;
    debug->stop.instruction = arch_debug_instruction();
    debug->stop.processor = processor_index();
    if (is_asked)
        return;
    debug->is_untold = true;
    lock_acquire(&debugger->object.lock);
    __atomic_add_fetch(&debugger->untold, 1, __ATOMIC_SEQ_CST);
    debugger->object.operations++;
    object_signal(&debugger->object, WATCH_READABLE);
    lock_release(&debugger->object.lock);
}

// The process's lock is held. An upcall does not break the halt off: it is served behind it.
static void halt_locked(struct process *process, struct thread *thread) {
    struct thread_debug *debug = &thread->debug;
    struct wait_for wait = {&process->debugger->object, WAIT_DEBUGGER, 0, DEADLINE_NEVER};
    debug->is_halted = true;
    stop_tell(process->debugger, thread);
    __atomic_store_n(&thread->upcalls_wait, true, __ATOMIC_SEQ_CST);
    while (debug->is_wanted && !(thread->demands & DEMAND_END))
        wait_queue_sleep(&process->halted, &process->object.lock, &wait);
    __atomic_store_n(&thread->upcalls_wait, false, __ATOMIC_SEQ_CST);
    debug->is_halted = false;
}

static bool goes_on(const struct thread_debug *debug) {
    uint64_t instruction = arch_debug_instruction();
    return instruction >= debug->start && instruction < debug->end;
}

// A step that led over a system call is done behind it; the trap would come an instruction later.
static void step_end_at_call(struct thread_debug *debug, uint32_t points) {
    if (!debug->steps || debug->is_wanted || (points == 0 && goes_on(debug)))
        return;
    debug->steps = false;
    debug->is_wanted = true;
    debug->stop = (struct process_stop){.reason = points != 0 ? STOP_POINT : STOP_STEP, .points = points};
    arch_debug_step(thread_current(), false);
}

static void serve(struct thread *thread) {
    struct process *process = thread->process;
    struct thread_debug *debug = &thread->debug;
    bool is_behind_call = (thread->demands & DEMAND_HALT) && arch_debug_settle();
    uint32_t points = is_behind_call ? debugger_points_changed(debug) : 0;
    lock_acquire(&process->object.lock);
    if (is_behind_call && process->debugger != 0)
        step_end_at_call(debug, points);
    if (debug->is_wanted && process->debugger != 0)
        halt_locked(process, thread);
    if (!debug->is_wanted)
        __atomic_and_fetch(&thread->demands, (uint8_t)~DEMAND_HALT, __ATOMIC_SEQ_CST);
    if (thread->demands & DEMAND_POINTS)
        debugger_points_load(process, thread);
    bool passes = debug->passes;
    debug->passes = false;
    lock_release(&process->object.lock);
    debugger_points_note(debug);
    if (passes)
        process_fault_pass(&debug->fault);
}

static void thread_made(struct thread *thread) {
    struct debugger *debugger = thread->process->debugger;
    if (debugger->holds_new)
        debugger_halt(thread);
    for (uint32_t i = 0; i < DEBUG_POINTS; i++)
        if (debugger->points[i].size != 0)
            __atomic_or_fetch(&thread->demands, DEMAND_POINTS, __ATOMIC_SEQ_CST);
}

// ---- what stops it by itself ----

// The lock is held.
static void stop_own(struct thread *thread, const struct process_stop *stop) {
    thread->debug.stop = *stop;
    thread->debug.is_wanted = true;
    thread_demand_own(DEMAND_HALT);
}

// One that was just taken away by the debugger, while this CPU ran into it: what lay under it is there again.
static bool breakpoint_is_gone(const struct process *process, uint64_t address) {
    uint8_t byte;
    return process->was_debugged && user_copy_in(&byte, (struct user_address){address}, 1) == STATUS_OK &&
           byte != INSTRUCTION_BREAK;
}

static bool takes_breakpoint(struct process *process) {
    uint64_t address = arch_debug_instruction() - BREAKPOINT_SIZE;
    const struct process_stop stop = {.reason = STOP_BREAKPOINT};
    lock_acquire(&process->object.lock);
    bool is_ours = process->debugger != 0 && debugger_breaks_at(process->debugger, address);
    if (is_ours)
        stop_own(thread_current(), &stop);
    lock_release(&process->object.lock);
    if (!is_ours && !breakpoint_is_gone(process, address))
        return false;
    arch_debug_set_instruction(address);
    return true;
}

bool debugger_takes_fault(const struct process_fault *fault) {
    struct process *process = process_current();
    struct thread *thread = thread_current();
    if (fault->vector == VECTOR_OF_BREAKPOINT && takes_breakpoint(process))
        return true;
    struct process_stop stop = {.reason = STOP_FAULT, .vector = fault->vector, .address = fault->address};
    lock_acquire(&process->object.lock);
    bool is_ours = process->debugger != 0;
    if (is_ours) {
        thread->debug.fault = *fault;
        stop_own(thread, &stop);
    }
    lock_release(&process->object.lock);
    return is_ours;
}

bool debugger_takes_trap(bool step, uint32_t points) {
    struct process *process = process_current();
    struct thread *thread = thread_current();
    struct thread_debug *debug = &thread->debug;
    bool is_step = step && debug->steps;
    if (is_step)
        points |= debugger_points_changed(debug);
    struct process_stop stop = {.reason = points != 0 ? STOP_POINT : STOP_STEP, .points = points};
    lock_acquire(&process->object.lock);
    bool is_debugged = process->debugger != 0;
    if (is_step && (points != 0 || !is_debugged || debug->is_wanted || !goes_on(debug))) {
        debug->steps = false;
        arch_debug_step(thread, false);
    }
    if (is_debugged && (points != 0 || (is_step && !debug->steps)))
        stop_own(thread, &stop);
    lock_release(&process->object.lock);
    return is_step || points != 0;
}

static enum status start(void) {
    debugger_serve = serve;
    debugger_thread_made = thread_made;
    return STATUS_OK;
}

SUBSYSTEM(debugger_threads_subsystem) = {.name = "debugged threads", .start = start};
