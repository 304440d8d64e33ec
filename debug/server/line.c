// The line to GDB: two pipes, whoever is at their other ends.
#include "debug/server/line.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/descriptor.h>
#include <parley/event.h>
#include <parley/message.h>
#include <parley/pipe.h>
#include <parley/start.h>
#include <parley/terminal.h>
#include <unistd.h>

enum { PIECE_SIZE = 4096 };

#define DRIVER_ANSWERS_WITHIN (10 * NANOSECONDS_PER_SECOND)

static int32_t input, output;
static uint8_t piece[PIECE_SIZE];
static size_t piece_at, piece_end;

// All ends are kept, so that a driver that is started anew would find what is in them.
static enum status attach(uint32_t driver, int32_t text_reader, int32_t input_writer) {
    struct terminal_request request = {.operation = TERMINAL_ATTACH};
    struct terminal_reply reply = {0};
    struct message_information information = {0};
    struct message_filter filter = {.sender = driver};
    struct message_options options = {
        .number_count = 2,
        .numbers = {text_reader, input_writer},
        .rights = {RIGHT_READ | RIGHT_WAIT, RIGHT_WRITE | RIGHT_WAIT},
    };
    uint64_t deadline = deadline_after(DRIVER_ANSWERS_WITHIN);
    enum status status = message_send(driver, &request, sizeof request, &options, deadline, &filter.in_reply_to);
    if (status == STATUS_OK)
        status = message_wait(&filter, &information, deadline);
    if (status == STATUS_OK)
        status = message_receive(information.id, &reply, sizeof reply, NULL, NULL);
    return status == STATUS_OK ? (enum status)reply.status : status;
}

enum status line_open_port(void) {
    struct pipe_create out = {.mode = PIPE_SEND}, in = {.mode = PIPE_RECEIVE};
    uint32_t driver = start_service("debug-line");
    if (!driver)
        return STATUS_NOT_FOUND;
    enum status status = pipe_create(&out, &output);
    if (status == STATUS_OK)
        status = pipe_create(&in, &input);
    return status == STATUS_OK ? attach(driver, out.other, in.other) : status;
}

enum status line_open_pipes(void) {
    input = descriptor_pipe_number(STDIN_FILENO);
    output = descriptor_pipe_number(STDOUT_FILENO);
    return input > 0 && output > 0 ? STATUS_OK : STATUS_WRONG_TYPE;
}

void line_put(const char *bytes, size_t size) {
    size_t done = 0;
    enum status status = STATUS_OK;
    while (size && status == STATUS_OK) {
        status = pipe_write(output, bytes, size, DEADLINE_NEVER, &done);
        bytes += done;
        size -= done;
    }
}

int line_get(void) {
    if (piece_at == piece_end) {
        piece_at = piece_end = 0;
        enum status status = pipe_read(input, piece, sizeof piece, DEADLINE_NOW, &piece_end);
        if (status == STATUS_WOULD_WAIT || status == STATUS_INTERRUPTED)
            return LINE_EMPTY;
        if (status != STATUS_OK || !piece_end)
            return LINE_GONE;
    }
    return piece[piece_at++];
}

void line_watch(void) {
    event_watch(input, WATCH_READABLE | WATCH_CLOSED, 0);
}
