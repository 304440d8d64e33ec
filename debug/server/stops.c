// How all inferiors run and stand: halting, going on, and what stopped them.
#include "debug/server/stops.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/event.h>

#define LOOKS_EVERY (NANOSECONDS_PER_MILLISECOND / 5)

enum { VECTOR_COUNT = 32 };

// ---- what stopped one ----

static uint32_t signal_of(uint32_t vector) {
    static const uint8_t signals[VECTOR_COUNT] = {
        [0] = SIGNAL_ARITHMETIC,  [1] = SIGNAL_TRAP,        [3] = SIGNAL_TRAP, [6] = SIGNAL_ILLEGAL,
        [16] = SIGNAL_ARITHMETIC, [19] = SIGNAL_ARITHMETIC, [12] = SIGNAL_BUS, [17] = SIGNAL_BUS,
    };
    uint32_t signal = vector < VECTOR_COUNT ? signals[vector] : SIGNAL_NONE;
    return signal != SIGNAL_NONE ? signal : SIGNAL_SEGMENT;
}

static struct debug_stop stop_of(const struct inferior *inferior, const struct process_stop *found) {
    struct debug_stop stop = {
        .thread = {inferior->process, found->thread}, .signal = SIGNAL_TRAP, .processor = found->processor};
    if (found->reason == STOP_FAULT)
        stop.signal = signal_of(found->vector);
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
    struct debug_stop stop = {.thread = {inferior->process, 0}, .end = END_WITH_CODE};
    process_wait(inferior->number, DEADLINE_NEVER, &end);
    stop.signal = (uint32_t)end.code;
    if (end.reason != END_EXITED)
        stop.end = END_BY_SIGNAL;
    if (end.reason == END_FAULTED)
        stop.signal = signal_of(end.vector);
    inferior_forget(inferior);
    return stop;
}

// ---- standing ----

static bool runs(const struct inferior *inferior) {
    struct debugged_thread thread;
    for (uint64_t at = 0; inferior_thread_next(inferior, at, &thread); at = thread.thread)
        if (thread.state == DEBUGGED_RUNS)
            return true;
    return false;
}

void inferiors_halt(void) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        debug_halt(at->debugger, 0);
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        while (runs(at))
            thread_sleep(deadline_after(LOOKS_EVERY));
}

static bool poll_one(struct inferior *inferior, struct debug_stop *stop) {
    struct process_stop found;
    enum status status = debug_next_stop(inferior->debugger, &found);
    if (status == STATUS_OK)
        *stop = stop_of(inferior, &found);
    else if (status == STATUS_PEER_DIED)
        *stop = end_of(inferior);
    return status != STATUS_NOTHING;
}

// What else has stopped until all stood.
static void keep_hits(void) {
    struct process_stop found;
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        while (debug_next_stop(at->debugger, &found) == STATUS_OK)
            if (found.reason == STOP_POINT && at->hit_count < INFERIOR_HITS_MAX)
                at->hits[at->hit_count++] = found;
}

bool inferiors_poll(struct debug_stop *stop) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process)) {
        if (!poll_one(at, stop))
            continue;
        inferiors_halt();
        keep_hits();
        return true;
    }
    return false;
}

void inferiors_watch(void) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        event_watch(at->debugger, WATCH_READABLE | WATCH_CLOSED, 0);
}

// ---- running ----

static const struct resume_action *action_of(const struct resume_plan *plan, const struct inferior *inferior,
                                             uint64_t thread) {
    struct debug_thread id = {inferior->process, thread};
    const struct resume_action *action = resume_plan_find(plan, &id);
    return action && (action->kind == RESUME_CONTINUE || action->kind == RESUME_STEP) ? action : NULL;
}

// Only what the processor has found can be given to a thread: its program has the fault then, as without a debugger.
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
    for (uint32_t i = 0; i < inferior->hit_count; i++) {
        if (!action_of(plan, inferior, inferior->hits[i].thread))
            continue;
        *stop = stop_of(inferior, &inferior->hits[i]);
        inferior->hits[i] = inferior->hits[--inferior->hit_count];
        return true;
    }
    return false;
}

bool inferiors_resume(const struct resume_plan *plan, struct debug_stop *stop) {
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        if (take_hit(at, plan, stop))
            return false;
    for (struct inferior *at = inferior_next(0); at; at = inferior_next(at->process))
        resume_inferior(at, plan);
    return true;
}
