// How all inferiors run and stand: halting, going on, and what stopped them.
#include "debug/server/stops.h"

#include <errno.h>
#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/event.h>
#include <sys/signal.h>

#include "debug/protocol/signals.h"
#include "debug/server/target.h"

#define LOOKS_EVERY (NANOSECONDS_PER_MILLISECOND / 5)

enum { STEP_LOOKS = 5000 };

static struct resume_plan current; // by which they run

// ---- what stopped one ----

static struct debug_stop stop_of(const struct inferior *inferior, const struct process_stop *found) {
    struct debug_stop stop = {
        .thread = {inferior->process, found->thread}, .signal = SIGNAL_TRAP, .processor = found->processor};
    if (found->reason == STOP_FAULT)
        stop.signal = signal_of_vector(found->vector);
    if (found->reason == STOP_BREAKPOINT) {
        stop.is_break = true;
        stop.kind = BREAK_SOFTWARE;
    }
    if (found->reason == STOP_POINT && found->points)
        breaks_explain(inferior, found->points, &stop);
    return stop;
}

static struct debug_stop end_of(struct inferior *inferior) {
    struct process_end end = {0};
    process_wait(inferior->number, DEADLINE_NEVER, &end);
    inferior_forget(inferior);
    return signal_stop_of_end(&end);
}

// ---- standing ----

static bool runs(const struct inferior *inferior) {
    struct debugged_thread thread;
    for (uint64_t at = 0; inferior_thread_next(inferior, at, &thread); at = thread.thread)
        if (thread.state == DEBUGGED_RUNS)
            return true;
    return false;
}

static void halt_one(const struct inferior *inferior) {
    debug_halt(inferior->debugger, 0);
    while (runs(inferior))
        thread_sleep(deadline_after(LOOKS_EVERY));
}

void inferiors_halt(void) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        debug_halt(at->debugger, 0);
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        halt_one(at);
}

// What else has stopped until all of it stood, and would not come again.
static void keep_hits(struct inferior *inferior) {
    struct process_stop found;
    while (debug_next_stop(inferior->debugger, &found) == STATUS_OK)
        if ((found.reason == STOP_POINT || found.reason == STOP_STEP) && inferior->hit_count < INFERIOR_HITS_MAX)
            inferior->hits[inferior->hit_count++] = found;
}

// ---- conditions ----

static bool (*holds)(const struct break_place *place, const struct debug_thread *thread);

void inferiors_ask(bool (*asked)(const struct break_place *place, const struct debug_thread *thread)) {
    holds = asked;
}

// The thread is about to stand; until then its registers cannot be read.
static void wait_until_stands(const struct inferior *inferior, uint64_t id) {
    struct debugged_thread thread;
    while (inferior_thread_next(inferior, id - 1, &thread) && thread.thread == id && thread.state == DEBUGGED_RUNS)
        thread_sleep(deadline_after(LOOKS_EVERY));
}

static bool is_excluded(const struct inferior *inferior, const struct process_stop *found,
                        const struct debug_stop *stop) {
    struct break_place place = {stop->kind, inferior->process, found->instruction};
    if (!holds || !stop->is_break || stop->kind > BREAK_HARDWARE)
        return false;
    wait_until_stands(inferior, found->thread);
    return !holds(&place, &stop->thread);
}

// ---- running ----

static const struct resume_action *action_of(const struct resume_plan *plan, const struct inferior *inferior,
                                             uint64_t thread) {
    struct debug_thread id = {inferior->process, thread};
    const struct resume_action *action = resume_plan_find(plan, &id);
    return action && (action->kind == RESUME_CONTINUE || action->kind == RESUME_STEP) ? action : NULL;
}

static bool stands_at_fault(const struct debugged_thread *thread) {
    return thread->state == DEBUGGED_HALTED && thread->reason == STOP_FAULT;
}

// What the processor has found is given to its thread: its program has the fault then, as without a debugger.
static struct debug_resume resume_of(const struct resume_action *action, uint64_t thread) {
    struct debug_resume how = {.thread = thread, .start = action->start, .end = action->end};
    if (action->kind == RESUME_STEP)
        how.action = DEBUG_STEP;
    else if (!action->keeps_fault)
        how.action = DEBUG_PASS_FAULT;
    return how;
}

static bool is_plain(const struct resume_action *action) {
    return action && action->kind == RESUME_CONTINUE && action->keeps_fault;
}

// Those for which the plan says something of their own, each by itself. False: one of them stays, so not all others may go.
static bool resume_chosen(const struct inferior *inferior, const struct resume_plan *plan) {
    struct debugged_thread thread;
    bool all_go = true;
    for (uint64_t at = 0; inferior_thread_next(inferior, at, &thread); at = thread.thread) {
        const struct resume_action *action = action_of(plan, inferior, thread.thread);
        all_go &= action != NULL;
        if (!action || is_plain(action))
            continue;
        struct debug_resume how = resume_of(action, thread.thread);
        debug_resume(inferior->debugger, &how);
    }
    return all_go;
}

static void resume_plain(const struct inferior *inferior, const struct resume_plan *plan) {
    struct debugged_thread thread;
    for (uint64_t at = 0; inferior_thread_next(inferior, at, &thread); at = thread.thread) {
        struct debug_resume how = {.thread = thread.thread, .action = DEBUG_CONTINUE};
        if (is_plain(action_of(plan, inferior, thread.thread)))
            debug_resume(inferior->debugger, &how);
    }
}

// Where all go, threads that are made meanwhile go too. The kernel leaves out who has stopped again since resume_chosen.
static void resume_inferior(const struct inferior *inferior, const struct resume_plan *plan) {
    static const struct debug_resume all = {.action = DEBUG_CONTINUE};
    bool all_go = resume_chosen(inferior, plan);
    if (all_go && is_plain(action_of(plan, inferior, UINT64_MAX - 1))) // as a thread that is not made yet
        debug_resume(inferior->debugger, &all);
    else
        resume_plain(inferior, plan);
}

static bool take_hit(struct inferior *inferior, const struct resume_plan *plan, struct debug_stop *stop) {
    for (uint32_t i = 0; i < inferior->hit_count;) {
        struct process_stop hit = inferior->hits[i];
        if (!action_of(plan, inferior, hit.thread)) {
            i++;
            continue;
        }
        inferior->hits[i] = inferior->hits[--inferior->hit_count];
        *stop = stop_of(inferior, &hit);
        if (!is_excluded(inferior, &hit, stop))
            return true;
    }
    return false;
}

// Of the threads that an action lets go, one at most is sent its signal: a program has it as a whole. That it has ended is told.
static bool send_signal(const struct inferior *inferior, const struct resume_plan *plan,
                        const struct resume_action *action) {
    struct debugged_thread thread;
    for (uint64_t at = 0; inferior_thread_next(inferior, at, &thread); at = thread.thread)
        if (action_of(plan, inferior, thread.thread) == action)
            return stands_at_fault(&thread) || kill((pid_t)inferior->process, (int)action->signal) == 0 ||
                   errno == ESRCH;
    return true;
}

bool inferiors_signal(const struct resume_plan *plan) {
    bool is_sent = true;
    for (uint32_t i = 0; i < plan->count; i++)
        for (struct inferior *at = inferior_next(0); at && plan->actions[i].signal; at = inferior_next(at->process))
            is_sent &= send_signal(at, plan, &plan->actions[i]);
    return is_sent;
}

bool inferiors_resume(const struct resume_plan *wanted, struct debug_stop *stop) {
    current = *wanted;
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        if (take_hit(at, &current, stop))
            return false;
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        resume_inferior(at, &current);
    return true;
}

// ---- past a break point whose conditions are false ----

// Has it execute the instruction while all others of its process stand, so that none slips past; says what stopped it then. NOTHING: the
// instruction waits for something, maybe for the others.
static enum status step_off(struct inferior *inferior, const struct process_stop *at, struct process_stop *found) {
    struct debug_resume step = {.thread = at->thread, .action = DEBUG_STEP};
    struct debug_thread id = {inferior->process, at->thread};
    bool is_software = at->reason == STOP_BREAKPOINT;
    enum status status = STATUS_NOTHING;
    if (is_software)
        server_break_clear(&id, BREAK_SOFTWARE, at->instruction, 1);
    debug_resume(inferior->debugger, &step);
    for (int i = 0; i < STEP_LOOKS && status == STATUS_NOTHING; i++) {
        if (i > 0)
            thread_sleep(deadline_after(LOOKS_EVERY));
        status = debug_next_stop(inferior->debugger, found);
    }
    if (is_software && status != STATUS_PEER_DIED)
        server_break_set(&id, BREAK_SOFTWARE, at->instruction, 1);
    return status;
}

static bool is_step_done(const struct inferior *inferior, const struct process_stop *found) {
    const struct resume_action *action = action_of(&current, inferior, found->thread);
    return action && action->kind == RESUME_STEP &&
           (found->instruction < action->start || found->instruction >= action->end);
}

// Past the break point, and on as GDB wanted it. True: there is something to tell all the same.
static bool go_past(struct inferior *inferior, const struct process_stop *at, struct debug_stop *stop) {
    struct process_stop found;
    halt_one(inferior);
    keep_hits(inferior);
    enum status status = step_off(inferior, at, &found);
    if (status == STATUS_NOTHING)
        return true; // the stop at the break point: GDB finds out itself
    if (status != STATUS_OK) {
        *stop = end_of(inferior);
        return true;
    }
    *stop = stop_of(inferior, &found);
    if (found.reason != STOP_STEP || is_step_done(inferior, &found) || take_hit(inferior, &current, stop))
        return true;
    resume_inferior(inferior, &current);
    return false;
}

// ---- what happens while they run ----

static bool poll_one(struct inferior *inferior, struct debug_stop *stop) {
    struct process_stop found;
    enum status status = debug_next_stop(inferior->debugger, &found);
    if (status == STATUS_OK)
        *stop = stop_of(inferior, &found);
    else if (status == STATUS_PEER_DIED)
        *stop = end_of(inferior);
    if (status == STATUS_OK && is_excluded(inferior, &found, stop))
        return go_past(inferior, &found, stop);
    return status != STATUS_NOTHING;
}

bool inferiors_poll(struct debug_stop *stop) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process)) {
        if (!poll_one(at, stop))
            continue;
        inferiors_halt();
        for (struct inferior *each = inferior_next(0); each; each = inferior_next(each->process))
            keep_hits(each);
        return true;
    }
    return false;
}

void inferiors_watch(void) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        event_watch(at->debugger, WATCH_READABLE | WATCH_CLOSED, 0);
}
