// The conversation while the machine stands, with GDB or at the console, and what becomes of it.
#include "debug/commands/ipc.h"
#include "debug/console/console.h"
#include "debug/kernel/ends.h"
#include "debug/kernel/kill.h"
#include "debug/kernel/output.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/debugger.h"
#include "kernel/boot/boot.h"

struct server server;

enum { OPERATION_TEXT_SIZE = 256, LOOKS_BEFORE_HALT = 64 };

// GDB would take one that it had killed for a new one.
static bool thread_next_for_gdb(struct debug_thread *thread) {
    while (thread_next(thread))
        if (!process_is_killed(thread->process))
            return true;
    return false;
}

static bool run_monitor(const struct debug_thread *thread, const char *line, struct writer *out) {
    machine_hold_time();
    return monitor_run(thread, line, out);
}

// What a GDB set, when its session ends or another's begins.
static void clear_all(void) {
    break_clear_all();
    output_tell(false);
}

static const struct debug_target target = {
    .files = &kernel_files,
    .thread_next = thread_next_for_gdb,
    .thread_exists = thread_exists,
    .thread_describe = thread_write_description,
    .thread_processor = thread_cpu,
    .registers_read = thread_registers,
    .register_write = thread_register_write,
    .memory_read = target_memory_read,
    .memory_write = target_memory_write,
    .break_set = break_set,
    .break_clear = break_clear,
    .break_clear_all = clear_all,
    .process_kill = process_kill,
    .monitor = run_monitor,
    .documents = kernel_documents,
};

// What comes next of a packet comes soon; the next packet when GDB, or a person, has thought.
static enum server_next listen(void) {
    enum server_next next = SERVER_STAY;
    for (uint32_t looks = 0; next == SERVER_STAY; looks++) {
        uint8_t byte;
        if (line_get(&byte)) {
            next = server_feed(&server, byte);
            looks = 0;
        } else if (looks < LOOKS_BEFORE_HALT) {
            processor_pause();
        } else {
            halt_until_byte(processor_index());
        }
    }
    return next;
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
        machine_resume(&server.plan, &server.stop);
    return true;
}

// GDB prints it before it says where the machine stopped.
static void tell_operation(const struct debug_stop *stop) {
    char text[OPERATION_TEXT_SIZE];
    struct writer out;
    writer_to_buffer(&out, text, sizeof(text));
    if (command_tell_operation(&out, stop) && server.is_attached)
        server_console(&server, text, out.length < sizeof(text) ? out.length : sizeof(text));
}

// The process that has ended has no thread to stop at: the CPU stands at one of the kernel's own.
static void tell_stop(const struct debug_stop *stop) {
    struct debug_stop end;
    tell_operation(stop);
    if (!server.is_attached)
        server_note_stop(&server, stop);
    else if (!end_stopped_at(stop->processor, &end))
        server_tell_stop(&server, stop);
    else {
        server_tell_stop(&server, &end);
        server_note_stop(&server, stop);
    }
}

static void run_gdb(struct debug_stop *stop) {
    output_finish();
    tell_stop(stop);
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

static bool is_for_gdb(void) {
    return server.is_attached || machine.first_byte >= 0 || machine.waits_for_gdb || !console_is_there();
}

// Whether the points that the stop met, which were set for this process (0: for any), have conditions that are all false.
static bool is_excluded(const struct debug_stop *stop, uint64_t address, uint32_t process) {
    struct break_point point;
    bool is_there = false;
    for (uint32_t at = 0; break_next(&at, &point); at++) {
        struct break_place place = {point.kind, point.process, point.address};
        if (point.kind != stop->kind || point.address != address || !break_holds_for(&point, &stop->thread) ||
            (process != 0 && point.process != process))
            continue;
        if (server_break_holds(&server, &place, &stop->thread))
            return false;
        is_there = true;
    }
    return is_there;
}

static bool is_set_for(const struct debug_stop *stop, uint64_t address) {
    struct break_point point;
    for (uint32_t at = 0; break_next(&at, &point); at++)
        if (point.kind == stop->kind && point.address == address && point.process == stop->thread.process)
            return true;
    return false;
}

// Whether it is no break point, or one that is to stop here as GDB's conditions say. GDB sets one in the kernel for each of its processes, and
// takes a stop for that of the process which it was in.
static bool is_to_be_told(const struct debug_stop *stop) {
    const struct trap_frame *frame = stopped_cpus[stop->processor].frame;
    if (!stop->is_break || stop->kind > BREAK_HARDWARE || stop->ends_step || frame == 0)
        return true;
    uint32_t process = is_set_for(stop, frame->rip) ? stop->thread.process : 0;
    return !is_excluded(stop, frame->rip, process);
}

// A GDB that comes while the machine stands takes over from the console.
void session_run(struct debug_stop *stop) {
    machine.stopped = clock_counter();
    machine.stops++;
    line_ignore();
    breakpoints_withdraw();
    step_cancel();
    if (!is_to_be_told(stop)) {
        machine_resume_past(&server.plan, stop);
        return;
    }
    if (is_for_gdb() || !console_run(stop))
        run_gdb(stop);
}

void session_start(void) {
    if (line_start())
        server_start(&server, &target, line_put);
    machine.is_ready = line_is_there() || console_is_there();
    machine.waits_for_gdb = line_is_there() && boot_has_word("gdb=wait");
    if (machine.waits_for_gdb)
        __asm__ volatile("int3");
    machine.waits_for_gdb = false;
}
