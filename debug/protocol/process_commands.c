// Packets of an extended session: starting programs, attaching to processes and letting go of them one by one.
#include "debug/protocol/server_private.h"
#include "kernel/base/string.h"

static void run_extended(struct server *server, struct text_cursor *packet) {
    (void)packet;
    server->is_extended = true;
    answer_text(server, "OK");
}

static const char *start_explanation(enum status status) {
    switch (status) {
    case STATUS_NOT_FOUND:
        return "there is no such program or process";
    case STATUS_NO_RIGHT:
    case STATUS_DENIED:
        return "this process is not yours to debug";
    case STATUS_BUSY:
        return "the process has a debugger already";
    case STATUS_DEADLOCK:
        return "the server cannot debug itself";
    case STATUS_PEER_DIED:
        return "the process has ended";
    case STATUS_BAD_IMAGE:
        return "the file is no program";
    case STATUS_LIMIT_REACHED:
    case STATUS_NO_MEMORY:
        return "there is no room for one more";
    default:
        return "it could not be started";
    }
}

// The process stands: its stop is the answer.
static void answer_started(struct server *server, enum status status, const struct debug_stop *stop) {
    if (status != STATUS_OK) {
        answer_error_text(server, start_explanation(status));
        return;
    }
    server_tell_stop(server, stop);
}

// "[;argument]...", each in hex, the program first: taken apart where they lie, in the packet itself.
static bool take_arguments(struct text_cursor *packet, char **arguments) {
    uint32_t count = 0;
    char *to = (char *)(uintptr_t)packet->at;
    while (text_take(packet, ';')) {
        if (count == DEBUG_ARGUMENTS_MAX)
            return false;
        size_t size = text_take_bytes(packet, (uint8_t *)to, text_left(packet) / 2);
        arguments[count++] = to;
        to[size] = 0; // two digits were read for each byte, and one character before them
        to += size + 1;
    }
    arguments[count] = 0;
    return count > 0 && text_left(packet) == 0 && arguments[0][0] != 0;
}

static void run_program(struct server *server, struct text_cursor *packet) {
    char *arguments[DEBUG_ARGUMENTS_MAX + 1];
    struct debug_stop stop;
    if (!take_arguments(packet, arguments)) {
        answer_error_text(server, "name the program: set remote exec-file /bin/NAME");
        return;
    }
    answer_started(server, server->target->processes->run(arguments, &stop), &stop);
}

static void run_attach(struct server *server, struct text_cursor *packet) {
    struct debug_stop stop;
    uint32_t process;
    if (text_take_process(packet, &process))
        answer_started(server, server->target->processes->attach(process, &stop), &stop);
    else
        answer_error(server, STATUS_INVALID_ARGUMENT);
}

// One process, or all: the session goes on with what is left.
static void run_detach(struct server *server, struct text_cursor *packet) {
    uint32_t process = 0;
    if (text_left(packet) > 0 && (!text_take(packet, ';') || !text_take_process(packet, &process))) {
        answer_error(server, STATUS_INVALID_ARGUMENT);
        return;
    }
    enum status status = server->target->processes->detach(process);
    conditions_remove_process(&server->conditions, process);
    server_look_around(server);
    if (status == STATUS_OK)
        answer_text(server, "OK");
    else
        answer_error_text(server, status_explanation(status));
}

// A GDB that takes the program for no known system's relocates its symbols by this.
static void run_offsets(struct server *server, struct text_cursor *packet) {
    (void)packet;
    struct debug_thread thread = server_thread(server);
    struct answer answer;
    uint64_t base;
    if (server->target->processes->base(thread.process, &base))
        writer_format(answer_begin(server, &answer), "TextSeg=%llx", (unsigned long long)base);
    else
        answer_begin(server, &answer);
    answer_send(server);
}

const struct server_command server_process_commands[] = {
    {"!", run_extended}, {"vRun", run_program},     {"vAttach;", run_attach},
    {"D", run_detach},   {"qOffsets", run_offsets}, {0, 0},
};
