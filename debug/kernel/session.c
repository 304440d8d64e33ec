// The conversation with GDB while the machine stands, and what becomes of it.
#include "debug/kernel/private.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/debugger.h"
#include "kernel/boot/boot.h"

struct server server;

static const struct debug_target target = {
    .thread_next = thread_next,
    .thread_exists = thread_exists,
    .thread_describe = thread_write_description,
    .registers_read = thread_registers,
    .register_write = thread_register_write,
    .memory_read = target_memory_read,
    .memory_write = target_memory_write,
    .break_set = break_set,
    .break_clear = break_clear,
    .break_clear_all = break_clear_all,
    .process_kill = process_kill,
    .monitor = monitor_run,
    .documents = kernel_documents,
};

static enum server_next listen(void) {
    enum server_next next = SERVER_STAY;
    while (next == SERVER_STAY) {
        uint8_t byte;
        if (line_get(&byte))
            next = server_feed(&server, byte);
        else
            processor_pause();
    }
    return next;
}

enum status process_kill(uint32_t id) {
    if (id != KERNEL_PROCESS && process_peek(id) == 0)
        return STATUS_NOT_FOUND;
    return STATUS_NO_RIGHT;
}

// ---- letting go as the plan says ----

static bool is_step(const struct resume_action *action) {
    return action != 0 && action->kind == RESUME_STEP;
}

// The CPU whose thread is to step: the one that stopped first of all. Negative: none.
static int stepping_cpu(struct resume_action *action) {
    for (uint32_t i = 0; i <= processor_count; i++) {
        uint32_t cpu = i == 0 ? server.stop.processor : i - 1;
        struct debug_thread thread = thread_of_cpu(cpu);
        const struct resume_action *found = resume_plan_find(&server.plan, &thread);
        if (stopped_cpus[cpu].frame == 0 || !is_step(found))
            continue;
        *action = *found;
        return (int)cpu;
    }
    return -1;
}

static bool others_continue(uint32_t stepping_one) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        struct debug_thread thread = thread_of_cpu(cpu);
        const struct resume_action *found = resume_plan_find(&server.plan, &thread);
        if (cpu != stepping_one && stopped_cpus[cpu].frame != 0 && found != 0 && found->kind == RESUME_CONTINUE)
            return true;
    }
    return false;
}

// The instruction that is stepped is executed whatever breakpoint lies there: it has been told.
static void begin_step(uint32_t cpu, const struct resume_action *action) {
    struct debug_thread thread = thread_of_cpu(cpu);
    stepping =
        (struct stepping){.thread = thread, .start = action->start, .end = action->end, .is_wanted = true, .cpu = cpu};
    stepping.then_runs = action->kind == RESUME_CONTINUE;
    machine.others_run = others_continue(cpu);
    breakpoints_apply_but(&thread, stopped_cpus[cpu].frame->rip);
    machine.steps = 0;
    if (step_needs_others(&thread, stopped_cpus[cpu].frame))
        machine_let_all_go();
    else
        __atomic_store_n(&machine.owner, cpu + 1, __ATOMIC_RELEASE);
}

// A thread that waits in the kernel steps when it comes back to its program: behind its first instruction there.
static void step_waiting_threads(void) {
    for (uint32_t i = 0; i < server.plan.count; i++) {
        const struct resume_action *action = &server.plan.actions[i];
        if (!is_step(action) || !thread_exists(&action->thread) || thread_cpu(&action->thread) >= 0)
            continue;
        struct trap_frame *frame = thread_user_frame(&action->thread);
        if (frame == 0)
            continue;
        frame->rflags |= FLAG_TRAP;
        if (frame->vector == VECTOR_SYSTEM_CALL)
            frame->r11 |= FLAG_TRAP;
        stepping =
            (struct stepping){.thread = action->thread, .is_on = true, .flags = (uint32_t)frame->rflags & ~FLAG_TRAP};
    }
}

static bool stands_on_breakpoint(uint32_t cpu) {
    struct debug_thread thread = thread_of_cpu(cpu);
    const struct trap_frame *frame = stopped_cpus[cpu].frame;
    return frame != 0 && server.stop.is_break && breakpoint_is_at(&thread, frame->rip);
}

static void begin_plan(void) {
    struct resume_action action;
    int cpu = stepping_cpu(&action);
    if (cpu < 0 && stands_on_breakpoint(server.stop.processor)) {
        cpu = (int)server.stop.processor;
        action = (struct resume_action){.kind = RESUME_CONTINUE};
    }
    if (cpu >= 0) {
        begin_step((uint32_t)cpu, &action);
        return;
    }
    step_waiting_threads();
    breakpoints_apply();
    machine_let_all_go();
}

// ---- the session ----

static void refuse_to_run(struct debug_stop *stop) {
    static const char text[] = "The kernel has panicked: it cannot go on.\n";
    server_console(&server, text, sizeof(text) - 1);
    server_tell_stop(&server, stop);
}

static void detach(void) {
    breakpoints_apply(); // there are none any more
    machine_let_all_go();
}

// True: the machine goes on.
static bool act(enum server_next next, struct debug_stop *stop) {
    if (next == SERVER_KILL)
        machine_power_off();
    if (next == SERVER_REBOOT)
        machine_reboot();
    if (machine.is_panicking) {
        if (next == SERVER_RUN)
            refuse_to_run(stop);
        return false; // one GDB may go and another come
    }
    if (next == SERVER_DETACH)
        detach();
    else
        begin_plan();
    return true;
}

void session_run(struct debug_stop *stop) {
    line_listen(false);
    breakpoints_withdraw();
    stepping.is_on = stepping.is_wanted = false;
    if (server.is_attached)
        server_tell_stop(&server, stop);
    else
        server_note_stop(&server, stop);
    enum server_next next = SERVER_STAY;
    if (machine.first_byte >= 0)
        next = server_feed(&server, (uint8_t)machine.first_byte);
    machine.first_byte = -1;
    do {
        if (next == SERVER_STAY)
            next = listen();
        if (act(next, stop))
            return;
        next = SERVER_STAY;
    } while (true);
}

void session_start(void) {
    if (!line_start())
        return;
    server_start(&server, &target, line_put);
    if (boot_has_word("gdb=wait"))
        __asm__ volatile("int3");
}
