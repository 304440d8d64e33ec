// The session's terminal: attaching to its driver, and finding it again when it was started anew.
//
// All ends of the two pipes are the console's own, so that a driver's end closes nothing: programs go on writing, and what the
// old driver had not taken the new one shows.
#include "os/console/log.h"
#include "os/console/session.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/status.h>
#include <parley/terminal.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS_UNKNOWN = 80, ROWS_UNKNOWN = 24, OUTPUT_CAPACITY = 16 << 10, INPUT_CAPACITY = 4096 };

#define TERMINAL_ANSWERS_WITHIN (5 * NANOSECONDS_PER_SECOND)
#define LOOKS_EVERY (10 * NANOSECONDS_PER_MILLISECOND)

static enum status make_pipes(struct session *session) {
    struct pipe_create output = {.mode = PIPE_SEND, .capacity = OUTPUT_CAPACITY};
    struct pipe_create input = {.mode = PIPE_RECEIVE, .capacity = INPUT_CAPACITY};
    enum status status = pipe_create(&output, &session->output);
    status = status == STATUS_OK ? pipe_create(&input, &session->input) : status;
    if (status == STATUS_OK) {
        session->output_reader = output.other;
        session->input_writer = input.other;
        status = event_watch(session->input, WATCH_READABLE, 0);
    }
    return status;
}

static enum status ask_to_attach(struct session *session, uint64_t deadline, uint32_t *id) {
    struct terminal_request request = {.operation = TERMINAL_ATTACH};
    struct message_options options = {
        .number_count = 2,
        .numbers = {session->output_reader, session->input_writer},
        .rights = {RIGHT_READ | RIGHT_WAIT, RIGHT_WRITE | RIGHT_WAIT},
    };
    return message_send(session->terminal, &request, sizeof(request), &options, deadline, id);
}

static enum status attach(struct session *session) {
    struct terminal_reply reply = {0};
    struct message_information information = {0};
    struct message_filter filter = {.sender = session->terminal};
    uint64_t deadline = deadline_after(TERMINAL_ANSWERS_WITHIN);
    enum status status = ask_to_attach(session, deadline, &filter.in_reply_to);
    status = status == STATUS_OK ? message_wait(&filter, &information, deadline) : status;
    status = status == STATUS_OK ? message_receive(information.id, &reply, sizeof(reply), NULL, NULL) : status;
    status = status == STATUS_OK ? (enum status)reply.status : status;
    if (status == STATUS_OK) {
        log_go_on(session, reply.log_position);
    }
    bool known = status == STATUS_OK && reply.columns && reply.rows;
    session->columns = known ? reply.columns : COLUMNS_UNKNOWN;
    session->rows = known ? reply.rows : ROWS_UNKNOWN;
    return status;
}

static void close_terminal(struct session *session) {
    number_close(session->terminal_number);
    session->terminal_number = NUMBER_NONE;
}

static enum status connect_to(struct session *session, uint32_t terminal) {
    session->terminal = terminal;
    enum status status = process_open(terminal, &session->terminal_number);
    if (status != STATUS_OK) {
        return status;
    }
    status = event_watch(session->terminal_number, WATCH_CLOSED, 0);
    status = status == STATUS_OK ? attach(session) : status;
    if (status != STATUS_OK) {
        close_terminal(session);
    }
    return status;
}

enum status session_connect(struct session *session, uint32_t terminal, const char *name) {
    session->terminal_name = name;
    enum status status = timer_create(&session->looking);
    status = status == STATUS_OK ? make_pipes(session) : status;
    return status == STATUS_OK ? connect_to(session, terminal) : status;
}

static void lose_terminal(struct session *session) {
    close_terminal(session);
    timer_set(session->looking, clock_now(), LOOKS_EVERY);
}

// Programs that draw whole screens, and line editors, draw anew for this character.
static void have_drawn_anew(struct session *session) {
    static const char redraw = 'L' & 0x1f;
    if (session->jobs.count > 0 && jobs_foreground(&session->jobs)->discipline.mode & CONSOLE_RAW) {
        jobs_send(&session->jobs, &redraw, 1);
    }
}

bool session_leave_line(struct session *session) {
    static const char empty_row[] = "\r\x1b[K";
    bool is_line = session->jobs.count > 0 && jobs_foreground(&session->jobs)->discipline.mode & CONSOLE_LINE;
    session_show(session, empty_row, is_line ? sizeof(empty_row) - 1 : 0);
    return is_line;
}

void session_draw_line(struct session *session) {
    static const char redraw = CONSOLE_REDRAW;
    jobs_send(&session->jobs, &redraw, 1);
}

void session_look_for_terminal(struct session *session) {
    if (session->terminal_number) {
        return;
    }
    uint32_t terminal = directory_find(session->terminal_name);
    if (terminal && terminal != session->terminal && connect_to(session, terminal) == STATUS_OK) {
        timer_set(session->looking, DEADLINE_NEVER, 0);
        have_drawn_anew(session);
    }
}

void session_look_back(struct session *session, int lines) {
    char sequence[24];
    int size = snprintf(sequence, sizeof(sequence), "\x1b[>%d%c", abs(lines), lines > 0 ? 'T' : 'S');
    session_show(session, sequence, (size_t)size);
}

static void take_input(struct session *session) {
    char bytes[256];
    size_t size = 0;
    enum status status = pipe_read(session->input, bytes, sizeof(bytes), DEADLINE_NOW, &size);
    while (status == STATUS_OK && size > 0) {
        session_type(session, bytes, size);
        status = pipe_read(session->input, bytes, sizeof(bytes), DEADLINE_NOW, &size);
    }
    event_watch(session->input, WATCH_READABLE, 0);
}

void session_take_ready(struct session *session, int32_t number) {
    if (number == session->input) {
        take_input(session);
    } else if (number == session->terminal_number) {
        lose_terminal(session);
    }
}
