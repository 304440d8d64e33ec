// Letting the stopped machine go as a plan says: all of it, or one CPU for a step.
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/registers.h"

static bool is_step(const struct resume_action *action) {
    return action != 0 && action->kind == RESUME_STEP;
}

// The CPU whose thread is to step: the one that stopped first of all. Negative: none.
static int stepping_cpu(const struct resume_plan *plan, const struct debug_stop *stop, struct resume_action *action) {
    for (uint32_t i = 0; i <= processor_count; i++) {
        uint32_t cpu = i == 0 ? stop->processor : i - 1;
        struct debug_thread thread = thread_of_cpu(cpu);
        const struct resume_action *found = resume_plan_find(plan, &thread);
        if (stopped_cpus[cpu].frame == 0 || !is_step(found) || fault_is_passed(cpu))
            continue;
        *action = *found;
        return (int)cpu;
    }
    return -1;
}

static bool others_continue(const struct resume_plan *plan, uint32_t stepping_one) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        struct debug_thread thread = thread_of_cpu(cpu);
        const struct resume_action *found = resume_plan_find(plan, &thread);
        if (cpu != stepping_one && stopped_cpus[cpu].frame != 0 && found != 0 && found->kind == RESUME_CONTINUE)
            return true;
    }
    return false;
}

static bool is_one_thread(const struct debug_thread *thread) {
    return thread->process != 0 && thread->process != DEBUG_ALL_PROCESSES && thread->thread != 0 &&
           thread->thread != DEBUG_ALL_THREADS;
}

// The CPU of the one thread that is to run (GDB's scheduler-locking). Negative: more are, or it waits for what others do.
static int lone_cpu(const struct resume_plan *plan) {
    const struct resume_action *one = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->actions[i].kind == RESUME_STOPPED)
            continue;
        if (one != 0)
            return -1;
        one = &plan->actions[i];
    }
    return one != 0 && one->kind == RESUME_CONTINUE && is_one_thread(&one->thread) ? thread_cpu(&one->thread) : -1;
}

// The instruction that is stepped is executed whatever breakpoint lies there: it has been told.
static void begin_step(const struct resume_plan *plan, uint32_t cpu, const struct resume_action *action) {
    struct debug_thread thread = thread_of_cpu(cpu);
    stepping =
        (struct stepping){.thread = thread, .start = action->start, .end = action->end, .is_wanted = true, .cpu = cpu};
    stepping.then_runs = action->kind == RESUME_CONTINUE;
    stepping.is_alone = lone_cpu(plan) == (int)cpu;
    machine.others_run = others_continue(plan, cpu);
    breakpoints_apply_but(&thread, stopped_cpus[cpu].frame->rip);
    if (step_needs_others(&thread, stopped_cpus[cpu].frame) || step_gives_way()) {
        machine_let_all_go();
        hold_give_way(processor_index());
        return;
    }
    line_listen();
    hold_let_step(cpu);
}

// A thread that waits in the kernel steps when it comes back to its program: behind its first instruction there. A CPU's own thread has no
// program, and steps to where it comes back to the CPU.
static void step_waiting_threads(const struct resume_plan *plan) {
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct resume_action *action = &plan->actions[i];
        if (!is_step(action) || !thread_exists(&action->thread) || thread_cpu(&action->thread) >= 0)
            continue;
        struct trap_frame *frame = thread_user_frame(&action->thread);
        if (frame == 0) {
            stepping = (struct stepping){.thread = action->thread, .start = action->start, .end = action->end};
            step_await_return();
            continue;
        }
        frame->rflags |= FLAG_TRAP;
        if (frame->vector == VECTOR_SYSTEM_CALL)
            frame->r11 |= FLAG_TRAP;
        stepping =
            (struct stepping){.thread = action->thread, .is_on = true, .flags = (uint32_t)frame->rflags & ~FLAG_TRAP};
    }
}

static bool stands_on_breakpoint(const struct debug_stop *stop) {
    struct debug_thread thread = thread_of_cpu(stop->processor);
    const struct trap_frame *frame = stopped_cpus[stop->processor].frame;
    return frame != 0 && stop->is_break && breakpoint_is_at(&thread, frame->rip);
}

// The machine stays this CPU's. It gets no trap flag: what else is a step's (who hears the line, whom locks are waited for) holds for it.
static void run_alone(uint32_t cpu) {
    struct debug_thread thread = thread_of_cpu(cpu);
    stepping = (struct stepping){
        .thread = thread, .is_on = true, .is_alone = true, .cpu = cpu, .current = processors[cpu].current};
    line_listen();
    hold_let_step(cpu);
}

void machine_resume_stepped(void) {
    if (stepping.then_plan) {
        machine_resume(&server.plan, &server.stop);
        return;
    }
    breakpoints_apply();
    if (stepping.is_alone)
        run_alone(stepping.cpu);
    else
        machine_let_all_go();
}

void machine_resume(const struct resume_plan *plan, const struct debug_stop *stop) {
    struct resume_action action;
    faults_decide(plan);
    int cpu = stepping_cpu(plan, stop, &action), alone = lone_cpu(plan);
    if (cpu < 0 && stands_on_breakpoint(stop) && (alone < 0 || alone == (int)stop->processor)) {
        cpu = (int)stop->processor;
        action = (struct resume_action){.kind = RESUME_CONTINUE};
    }
    if (cpu >= 0) {
        begin_step(plan, (uint32_t)cpu, &action);
        return;
    }
    step_waiting_threads(plan);
    breakpoints_apply();
    if (alone >= 0)
        run_alone((uint32_t)alone);
    else
        machine_let_all_go();
}

// A thread that the plan does not step gets off its breakpoint first: while another one steps, it would run into it again and again.
void machine_resume_past(const struct resume_plan *plan, const struct debug_stop *stop) {
    static const struct resume_action off = {.kind = RESUME_CONTINUE};
    struct resume_action action;
    int cpu = stepping_cpu(plan, stop, &action);
    if (cpu < 0 || cpu == (int)stop->processor || !stands_on_breakpoint(stop)) {
        machine_resume(plan, stop);
        return;
    }
    begin_step(plan, stop->processor, &off);
    stepping.then_plan = true;
}
