// gdbserver: a GDB outside debugs processes of this system, while the system runs on.
#include <parley/calls.h>
#include <parley/event.h>
#include <parley/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"
#include "debug/protocol/server.h"
#include "debug/server/inferior.h"
#include "debug/server/line.h"
#include "debug/server/target.h"

enum { BYTE_BREAK = 0x03 };

static const struct tool tool = {
    .name = "gdbserver",
    .usage = "usage: gdbserver [--stdio] PROGRAM [ARGUMENT]...\n"
             "       gdbserver [--stdio] --attach PROCESS\n"
             "       gdbserver [--stdio] --multi\n"
             "A GDB at the third serial port debugs the program, the process, or, with --multi, those that it chooses\n"
             "(os/run --gdbserver SOCKET; in GDB: target remote SOCKET, with --multi target extended-remote SOCKET).\n"
             "--stdio: at standard input and output, which are pipes.\n",
    .options = "+a:mp",
    .names = (const struct tool_name[]){{"attach", 'a'}, {"multi", 'm'}, {"stdio", 'p'}, {0, 0}},
    .failure = 1,
};

static struct server server;
static bool is_running, is_multi;

// ---- the session ----

static void tell(const struct debug_stop *stop) {
    is_running = false;
    server_tell_stop(&server, stop);
}

static void run(void) {
    static const char not_sent[] = "The signal cannot be sent.\n";
    struct debug_stop stop = {.end = END_WITH_CODE}; // what is told where there is none
    bool is_sent = inferiors_signal(&server.plan);
    if (!is_sent) {
        server_console(&server, not_sent, sizeof(not_sent) - 1);
        stop = (struct debug_stop){.thread = server.stop.thread, .processor = server.stop.processor};
    }
    is_running = is_sent && inferior_next(0) && inferiors_resume(&server.plan, &stop);
    if (!is_running)
        tell(&stop);
}

// Without --multi the server is there for its processes only, unless GDB wants to choose others (extended-remote).
static bool is_over(void) {
    return !is_multi && !server.is_extended && !inferior_next(0);
}

// False: the server's work is done.
static bool act(enum server_next next) {
    if (next == SERVER_RUN)
        run();
    else if (next == SERVER_KILL || next == SERVER_REBOOT)
        inferiors_kill_all();
    return !is_over() || is_running;
}

static void interrupt(uint32_t signal) {
    struct debug_stop stop;
    if (inferiors_poll(&stop)) {
        tell(&stop);
        return;
    }
    inferiors_halt();
    if (!inferior_current(&stop))
        return; // they have just ended: that is told
    stop.signal = signal;
    tell(&stop);
}

// A packet while they run is another GDB's: it asks itself why they stand.
static void make_way(void) {
    struct debug_stop stop;
    inferiors_halt();
    is_running = false;
    if (inferior_current(&stop))
        server_note_stop(&server, &stop);
}

static bool take_byte(uint8_t byte) {
    if (is_running && byte == BYTE_BREAK) {
        interrupt(SIGNAL_INTERRUPT);
        return true;
    }
    if (is_running && byte != '$')
        return true;
    if (is_running)
        make_way();
    return act(server_feed(&server, byte));
}

static bool take_line(void) {
    int byte;
    while ((byte = line_get()) >= 0)
        if (!take_byte((uint8_t)byte))
            return false;
    if (byte == LINE_GONE)
        inferior_detach(0);
    return byte != LINE_GONE;
}

static bool take_stops(void) {
    struct debug_stop stop;
    if (!is_running || !inferiors_poll(&stop))
        return true;
    tell(&stop);
    return !is_over();
}

// What was watched is looked at once more behind the watch: nothing is missed between.
static void serve(void) {
    EVENT event;
    for (;;) {
        line_watch();
        if (is_running)
            inferiors_watch();
        if (!take_line() || !take_stops())
            return;
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK)
            continue;
    }
}

// ---- the start ----

static bool break_holds(const struct break_place *place, const struct debug_thread *thread) {
    return server_break_holds(&server, place, thread);
}

static void open_line(bool by_pipes) {
    enum status status = by_pipes ? line_open_pipes() : line_open_port();
    if (status == STATUS_NOT_FOUND && !by_pipes)
        tool_fail("the third serial port", "it is not there: os/run --gdbserver SOCKET brings it");
    if (status != STATUS_OK)
        tool_fail(by_pipes ? "standard input and output" : "the third serial port", status_text(status));
    if (by_pipes)
        inferiors_leave_line();
}

// What is debugged at first; null: with --multi nothing.
static void begin(const char *process, char **arguments) {
    struct debug_stop stop = {.end = END_WITH_CODE};
    enum status status = STATUS_OK;
    char *end = NULL;
    unsigned long id = process ? strtoul(process, &end, 10) : 0;
    if (process && (*end || id == 0 || id > UINT32_MAX))
        tool_misused(process, "not a process");
    if (process)
        status = inferior_attach((uint32_t)id, &stop);
    else if (!is_multi)
        status = inferior_run(arguments, &stop);
    if (status == STATUS_NOT_FOUND)
        tool_fail(process ? process : arguments[0], process ? "no such process" : "no such program");
    if (status != STATUS_OK)
        tool_fail(process ? process : arguments[0], status_text(status));
    server_note_stop(&server, &stop);
}

int main(int argument_count, char **argument_vector) {
    const char *process = NULL;
    bool by_pipes = false;
    int count;
    tool_start(&tool, argument_count, argument_vector);
    for (int option; (option = tool_option());) {
        is_multi |= option == 'm';
        by_pipes |= option == 'p';
        if (option == 'a')
            process = tool_value();
    }
    char **arguments = tool_operands(&count);
    if (count > 0 && (process || is_multi))
        tool_misused(arguments[0], "GDB is told of the program otherwise: --attach and --multi stand alone");
    if (process && is_multi)
        tool_misused("--attach", "not together with --multi");
    if (count == 0 && !process && !is_multi)
        tool_misused(NULL, "which program?");
    open_line(by_pipes);
    server_start(&server, &server_target, line_put);
    inferiors_ask(break_holds);
    begin(process, arguments);
    if (!by_pipes)
        fputs("gdbserver: GDB may come to the third serial port\n", stderr);
    serve();
    return tool_finish(EXIT_SUCCESS);
}
