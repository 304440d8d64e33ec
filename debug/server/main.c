// gdbserver: a GDB outside debugs processes of this system, while the system runs on.
#include <errno.h>
#include <parley/calls.h>
#include <parley/event.h>
#include <parley/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug/protocol/server.h"
#include "debug/server/inferior.h"
#include "debug/server/line.h"
#include "debug/server/target.h"

enum { BYTE_BREAK = 0x03, EXIT_USAGE = 2 };

static const char usage[] =
    "usage: gdbserver [-] --multi\n"
    "       gdbserver [-] --attach PROCESS\n"
    "       gdbserver [-] PROGRAM [ARGUMENT]...\n"
    "A GDB at the third serial port (os/run --gdbserver SOCKET; in GDB: target remote SOCKET, with --multi\n"
    "target extended-remote SOCKET)\n"
    "or, with -, at standard input and output, debugs them.\n";

static struct server server;
static bool is_running, is_multi;

// ---- the session ----

static void tell(const struct debug_stop *stop) {
    is_running = false;
    server_tell_stop(&server, stop);
}

static void run(void) {
    struct debug_stop stop = {.end = END_WITH_CODE}; // what is told where there is none
    is_running = inferior_next(0) && inferiors_resume(&server.plan, &stop);
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

static enum status begin(int count, char **arguments, struct debug_stop *stop) {
    char *end = NULL;
    if (strcmp(arguments[0], "--multi") == 0 && count == 1) {
        is_multi = true;
        *stop = (struct debug_stop){.end = END_WITH_CODE};
        return STATUS_OK;
    }
    if (strcmp(arguments[0], "--attach") != 0)
        return inferior_run(arguments, stop);
    unsigned long process = count == 2 ? strtoul(arguments[1], &end, 10) : 0;
    if (!end || *end || process == 0 || process > UINT32_MAX)
        return STATUS_INVALID_ARGUMENT;
    return inferior_attach((uint32_t)process, stop);
}

static int refuse(const char *what, enum status status) {
    if (status == STATUS_INVALID_ARGUMENT) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    fprintf(stderr, "gdbserver: %s: %s\n", what, status_text(status));
    return EXIT_FAILURE;
}

static int help(void) {
    if (fputs(usage, stdout) != EOF && fflush(stdout) != EOF)
        return EXIT_SUCCESS;
    fprintf(stderr, "gdbserver: write error: %s\n", strerror(errno));
    return EXIT_FAILURE;
}

static bool is_known(const char *word) {
    return word[0] != '-' || !strcmp(word, "--multi") || !strcmp(word, "--attach");
}

int main(int count, char **arguments) {
    struct debug_stop stop;
    bool by_pipes = count > 1 && strcmp(arguments[1], "-") == 0;
    int first = by_pipes ? 2 : 1;
    if (count <= first)
        return refuse("", STATUS_INVALID_ARGUMENT);
    if (!strcmp(arguments[first], "--help"))
        return help();
    if (!is_known(arguments[first])) {
        fprintf(stderr, "gdbserver: %s: unknown option\n%s", arguments[first], usage);
        return EXIT_USAGE;
    }
    enum status status = by_pipes ? line_open_pipes() : line_open_port();
    if (status != STATUS_OK)
        return refuse(by_pipes ? "standard input and output" : "the third serial port (os/run --gdbserver)", status);
    if (by_pipes)
        inferiors_leave_line();
    server_start(&server, &server_target, line_put);
    status = begin(count - first, arguments + first, &stop);
    if (status != STATUS_OK)
        return refuse(arguments[count - 1 > first ? first + 1 : first], status);
    server_note_stop(&server, &stop);
    if (!by_pipes)
        fputs("gdbserver: GDB may come to the third serial port\n", stderr);
    serve();
    return EXIT_SUCCESS;
}
