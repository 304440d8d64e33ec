// The host channel: runs the one command that os/run handed over through QEMU, and forwards what it prints.
//
// Standard output goes byte by byte to port OUT, standard error to ERRORS; STATUS gets "started\n", and at the end
// "exit N\n". Then init is asked to switch the machine off.
// Granted: `request` (QEMU's file ports), `output` (the three ports); told: `init`.
#include <parley/calls.h>
#include <parley/descriptor.h>
#include <parley/directory.h>
#include <parley/init.h>
#include <parley/io_ports.h>
#include <parley/log.h>
#include <parley/qemu.h>
#include <parley/spawn.h>
#include <parley/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PORT_OUT = 0xe9,
    PORT_ERRORS = 0xea,
    PORT_STATUS = 0xeb,
    COMMAND_MAX = 64 << 10,
    PIECE_SIZE = 64 << 10,
    STREAM_COUNT = 2,
    CODE_NOT_STARTED = 127,
    CODE_FAULTED = 128 + 11, // as shells tell a program that touched what it must not
};

// One of the command's two outputs.
struct stream {
    uint16_t port;
    int32_t number; // the receiving end; 0: it has ended
};

static struct stream streams[STREAM_COUNT] = {{PORT_OUT, 0}, {PORT_ERRORS, 0}};
static char piece[PIECE_SIZE];

static void say(uint16_t port, const char *text) {
    io_port_write_bytes(port, text, strlen(text));
}

static enum status read_command(char **command) {
    struct qemu_file file;
    enum status status = range_open(start_grant_number("request"));
    status = status == STATUS_OK ? range_open(start_grant_number("output")) : status;
    status = status == STATUS_OK ? qemu_file_find("opt/parley/command", &file) : status;
    if (status == STATUS_OK && file.size > COMMAND_MAX) {
        status = STATUS_TOO_LARGE;
    }
    if (status != STATUS_OK) {
        return status;
    }
    *command = calloc(1, file.size + 1);
    if (!*command) {
        return STATUS_NO_MEMORY;
    }
    qemu_file_read(&file, *command, file.size);
    return STATUS_OK;
}

// A pipe within this process: the caller keeps one end, the other becomes a descriptor for the command.
static enum status make_pipe(uint32_t mode, int32_t *kept, int *descriptor) {
    struct pipe_create pipe = {.mode = mode};
    enum status status = pipe_create(&pipe, kept);
    if (status != STATUS_OK) {
        return status;
    }
    *descriptor = descriptor_of_pipe(pipe.other, mode == PIPE_RECEIVE ? START_WRITE : START_READ, true);
    return *descriptor < 0 ? STATUS_LIMIT_REACHED : STATUS_OK;
}

static enum status start_shell(char *command, const int descriptors[3], struct spawned *shell) {
    char *arguments[] = {"sh", "-c", command, NULL};
    struct spawn_descriptor list[3];
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    for (int i = 0; i < 3; i++) {
        list[i] = (struct spawn_descriptor){.from = descriptors[i], .to = i};
    }
    request.path = "/bin/sh";
    request.arguments = arguments;
    request.descriptors = list;
    request.descriptor_count = 3;
    request.only_listed = true;
    request.priority = PRIORITY_NORMAL;
    return program_spawn(&request, shell);
}

// The command reads an empty input, and prints into two pipes of which nobody else keeps the sending ends.
static enum status start_command(char *command, struct spawned *shell) {
    int descriptors[3] = {-1, -1, -1};
    int32_t input = NUMBER_NONE;
    enum status status = make_pipe(PIPE_SEND, &input, &descriptors[0]);
    for (int i = 0; i < STREAM_COUNT && status == STATUS_OK; i++) {
        status = make_pipe(PIPE_RECEIVE, &streams[i].number, &descriptors[i + 1]);
    }
    number_close(input);
    status = status == STATUS_OK ? start_shell(command, descriptors, shell) : status;
    for (int i = 0; i < 3; i++) {
        if (descriptors[i] >= 0) {
            close(descriptors[i]);
        }
    }
    return status;
}

// Forwards what is in the pipe now, and watches it for more.
static void forward(struct stream *stream) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK && stream->number) {
        size_t size = 0;
        status = pipe_read(stream->number, piece, sizeof(piece), DEADLINE_NOW, &size);
        if (status == STATUS_OK) {
            io_port_write_bytes(stream->port, piece, size);
        }
    }
    if (status == STATUS_WOULD_WAIT || status == STATUS_TIMED_OUT) {
        event_watch(stream->number, WATCH_READABLE, 0);
    } else if (stream->number) {
        number_close(stream->number);
        stream->number = NUMBER_NONE;
    }
}

static void forward_all(void) {
    for (int i = 0; i < STREAM_COUNT; i++) {
        forward(&streams[i]);
    }
}

// The command has ended with its shell; a program that it left running is not waited for.
static int run_command(const struct spawned *shell) {
    struct process_end end;
    EVENT event;
    bool ended = false;
    forward_all();
    while (!ended) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            if (directory_take(&event)) {
                continue;
            }
            if (event.Type == EVENT_READY) {
                forward_all();
            }
            ended |= event.Type == EVENT_PROCESS && event.Data1 == shell->process;
        }
    }
    process_wait(shell->number, DEADLINE_NEVER, &end);
    forward_all();
    return end.reason == END_FAULTED ? CODE_FAULTED : end.code;
}

static void tell_exit(int code) {
    char line[32];
    snprintf(line, sizeof(line), "exit %d\n", code & 0xff);
    say(PORT_STATUS, line);
}

static void ask_for_power_off(void) {
    struct init_request request = {.operation = INIT_POWER_OFF};
    message_send(start_service("init"), &request, sizeof(request), NULL, DEADLINE_NEVER, NULL);
}

int main(void) {
    char *command = NULL;
    struct spawned shell;
    enum status status = read_command(&command);
    if (status != STATUS_OK) {
        log_line("host: no command: %s", status_text(status));
        return EXIT_FAILURE;
    }
    directory_join();
    say(PORT_STATUS, "started\n");
    status = start_command(command, &shell);
    if (status == STATUS_OK) {
        tell_exit(run_command(&shell));
    } else {
        say(PORT_ERRORS, "host: /bin/sh: ");
        say(PORT_ERRORS, status_text(status));
        say(PORT_ERRORS, "\n");
        tell_exit(CODE_NOT_STARTED);
    }
    ask_for_power_off();
    return EXIT_SUCCESS;
}
