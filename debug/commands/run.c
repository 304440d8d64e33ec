// Commands that let the machine run, and those that stop it again: breakpoints, watchpoints, steps.
#include "debug/commands/ipc.h"
#include "debug/kernel/output.h"
#include "kernel/base/string.h"

enum { STEPS_MAX = 1000000 };

static const char *const kind_texts[DEBUG_BREAK_COUNT] = {[BREAK_SOFTWARE] = "break",
                                                          [BREAK_HARDWARE] = "hardware break",
                                                          [WATCH_WRITE] = "watch writes",
                                                          [WATCH_READ] = "watch reads",
                                                          [WATCH_ACCESS] = "watch accesses"};

// ---- why it stands ----

static const char *signal_text(const struct debug_stop *stop) {
    switch (stop->signal) {
    case SIGNAL_ABORT:
        return "the kernel panicked";
    case SIGNAL_INTERRUPT:
        return "it was asked to stop";
    default:
        if (stop->is_fault)
            return "its program has made a fault";
        return stop->is_break ? kind_texts[stop->kind] : "it was asked to stop, or stepped";
    }
}

void command_tell_stop(struct writer *out, const struct debug_stop *stop) {
    const struct trap_frame *frame = stopped_cpus[stop->processor].frame;
    if (command_tell_operation(out, stop))
        return;
    writer_format(out, "CPU %u, ", stop->processor);
    thread_write_description(&stop->thread, out);
    writer_format(out, ": %s", signal_text(stop));
    if (stop->is_fault && frame != 0)
        writer_format(out, " (%s)", trap_name(frame->vector));
    if (stop->is_break && stop->kind >= WATCH_WRITE)
        writer_format(out, " of %#llx", (unsigned long long)stop->address);
    if (frame != 0) {
        writer_format(out, "\nat %#llx ", (unsigned long long)frame->rip);
        command_write_address(out, &stop->thread, frame->rip);
    }
    writer_text(out, "\n");
}

static void run_where(const struct command_call *call) {
    command_tell_stop(call->out, call->session->stop);
}

// ---- points ----

static const char *why_not(enum status status) {
    switch (status) {
    case STATUS_NO_RIGHT:
        return "not there: the debugger itself and the entries that lead to it go on past it";
    case STATUS_BAD_ADDRESS:
        return "there is no memory";
    case STATUS_LIMIT_REACHED:
        return "there are no more of this kind: `breaks` lists them, `delete` takes one away";
    default:
        return "not of this length, or not in the kernel's own thread: `thread` chooses another";
    }
}

static void set_point(const struct command_call *call, enum debug_break kind, const char *address_text, uint64_t size) {
    uint64_t address;
    if (!command_value(call, address_text, &address))
        return;
    enum status status = break_set(&call->session->thread, kind, address, size);
    if (status != STATUS_OK) {
        writer_format(call->out, "%s\n", why_not(status));
        return;
    }
    writer_format(call->out, "%s at %#llx ", kind_texts[kind], (unsigned long long)address);
    command_write_address(call->out, &call->session->thread, address);
    writer_text(call->out, "\n");
}

static bool is_about_ipc(const struct command_call *call) {
    return call->count > 0 && strcmp(call->words[0], "ipc") == 0;
}

static void run_break(const struct command_call *call) {
    if (call->count == 0)
        writer_text(call->out,
                    "break FUNCTION, or an address: in the kernel, or in the chosen thread's process\n"
                    "break ipc KIND [OPERATION] [from PROCESS] [to PROCESS] [object ID] [size >= N] [type N]\n");
    else if (is_about_ipc(call))
        command_break_ipc(call);
    else
        set_point(call, BREAK_SOFTWARE, call->rest, 1);
}

static void run_hardware_break(const struct command_call *call) {
    if (call->count == 0)
        writer_text(call->out, "hbreak FUNCTION, or an address\n");
    else
        set_point(call, BREAK_HARDWARE, call->rest, 1);
}

static void watch(const struct command_call *call, enum debug_break kind) {
    uint64_t size = sizeof(uint64_t);
    if (call->count == 0 || call->count > 2) {
        writer_text(call->out, "which address, and how many bytes (8 if none are said)?\n");
        return;
    }
    if (call->count < 2 || command_value(call, call->words[1], &size))
        set_point(call, kind, call->words[0], size);
}

static void run_watch(const struct command_call *call) {
    watch(call, WATCH_WRITE);
}

static void run_access_watch(const struct command_call *call) {
    watch(call, WATCH_ACCESS);
}

static void run_breaks(const struct command_call *call) {
    struct break_point point;
    uint32_t count = 0;
    for (uint32_t at = 0; break_next(&at, &point); at++, count++) {
        struct debug_thread thread = {point.process, 0};
        writer_format(call->out, "%4u %s at %#llx ", at + 1, kind_texts[point.kind], (unsigned long long)point.address);
        command_write_address(call->out, &thread, point.address);
        if (point.process != KERNEL_PROCESS)
            writer_format(call->out, ", set in process %u", point.process);
        writer_text(call->out, "\n");
    }
    if (!command_write_rules(call->out) && count == 0)
        writer_text(call->out, "there are none\n");
}

// False: there is none of this number.
static bool delete_point(uint32_t at) {
    struct break_point point;
    uint32_t found = at;
    if (!break_next(&found, &point) || found != at)
        return false;
    struct debug_thread thread = {point.process, 0};
    break_clear(&thread, point.kind, point.address, point.size);
    return true;
}

static void delete_numbered(const struct command_call *call, const char *word) {
    uint64_t number;
    if (!command_value(call, word, &number))
        return;
    if (number == 0 || number > UINT32_MAX || !delete_point((uint32_t)number - 1))
        writer_format(call->out, "%s: there is none of this number: `breaks` lists them\n", word);
}

static void run_delete(const struct command_call *call) {
    if (is_about_ipc(call)) {
        command_delete_ipc(call);
        return;
    }
    if (call->count == 0) {
        command_delete_ipc(call);
        break_clear_all();
        writer_text(call->out, "there are none any more\n");
    }
    for (uint32_t i = 0; i < call->count; i++)
        delete_numbered(call, call->words[i]);
}

static void run_faults(const struct command_call *call) {
    bool on;
    if (command_switch(call, &on))
        faults_tell(on);
    writer_format(call->out, "the machine %s at faults of programs: `faults on`, `faults off`\n",
                  faults_are_told() ? "stops" : "does not stop");
}

// ---- the log, while it runs ----

static void run_output(const struct command_call *call) {
    bool on;
    if (command_switch(call, &on))
        output_tell(on);
    writer_format(call->out, "GDB %s what the kernel logs: `output on`, `output off`\n",
                  output_is_told() ? "shows" : "does not show");
}

// ---- running ----

static bool may_run(const struct command_call *call) {
    if (call->session->is_gdbs)
        writer_text(call->out, "GDB lets the machine go by its own commands: continue, stepi\n");
    else if (machine.is_panicking)
        writer_text(call->out, "the kernel has panicked: it cannot go on; `reboot` starts it anew\n");
    return !call->session->is_gdbs && !machine.is_panicking;
}

static void run_continue(const struct command_call *call) {
    if (!may_run(call))
        return;
    call->session->goes_on = true;
    call->session->action =
        (struct resume_action){.thread = {DEBUG_ALL_PROCESSES, DEBUG_ALL_THREADS}, .kind = RESUME_CONTINUE};
}

static void run_step(const struct command_call *call) {
    uint64_t count = 1;
    if (!may_run(call) || (call->count > 0 && !command_value(call, call->words[0], &count)))
        return;
    if (thread_cpu(&call->session->thread) < 0) {
        writer_text(call->out, "the chosen thread does not stand on a CPU: `cpus` shows those that do\n");
        return;
    }
    call->session->goes_on = true;
    call->session->steps = count > STEPS_MAX ? STEPS_MAX : count == 0 ? 1 : (uint32_t)count;
    call->session->action = (struct resume_action){.thread = call->session->thread, .kind = RESUME_STEP};
}

const struct command run_commands[] = {
    {"continue", "", "lets the machine go on", run_continue},
    {"step", "[COUNT]", "executes instructions of the chosen thread, the others stand", run_step},
    {"where", "", "where it stopped, and why", run_where},
    {"break", "FUNCTION", "stops before it: in the kernel, or in the chosen thread's process", run_break},
    {"break", "ipc KIND ...", "stops before an operation: `break` alone says how", run_break},
    {"hbreak", "FUNCTION", "the same by the processor's registers", run_hardware_break},
    {"watch", "ADDRESS [SIZE]", "stops behind a write there", run_watch},
    {"awatch", "ADDRESS [SIZE]", "stops behind a read or a write there", run_access_watch},
    {"breaks", "", "lists what stops it", run_breaks},
    {"faults", "[on|off]", "whether it stops at faults of programs, before they get them", run_faults},
    {"output", "[on|off]", "whether GDB shows what the kernel logs, also while the machine runs", run_output},
    {"delete", "[NUMBER...]", "takes these away, or all; `delete ipc [NUMBER]` of those", run_delete},
    {0, 0, 0, 0},
};
