// The session's terminal and shell: connecting, starting, typing.
#include "os/console/session.h"

#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/descriptor.h>
#include <parley/log.h>
#include <parley/spawn.h>
#include <parley/status.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define SHELL_LIVES_AT_LEAST NANOSECONDS_PER_SECOND

void session_show(struct session *session, const char *text, size_t size) {
    if (size > 0) {
        pipe_write(session->output, text, size, DEADLINE_NOW, NULL);
    }
}

// The shell's descriptors: the keys of its own job, and the terminal twice. The console keeps its ends.
static enum status spawn_shell(struct session *session, struct spawned *shell) {
    int32_t reader = NUMBER_NONE, output = NUMBER_NONE;
    enum status status = number_copy(session->jobs.list[0].reader, RIGHTS_ALL, &reader);
    status = status == STATUS_OK ? number_copy(session->output, RIGHTS_ALL, &output) : status;
    if (status != STATUS_OK) {
        return status;
    }
    int keys = descriptor_of_pipe(reader, START_READ | START_TERMINAL, true);
    int screen = descriptor_of_pipe(output, START_WRITE | START_TERMINAL, true);
    const struct spawn_descriptor list[] = {{keys, STDIN_FILENO}, {screen, STDOUT_FILENO}, {screen, STDERR_FILENO}};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.path = session->command[0];
    request.arguments = session->command;
    request.descriptors = list;
    request.descriptor_count = sizeof(list) / sizeof(list[0]);
    request.only_listed = true;
    request.priority = PRIORITY_NORMAL;
    status = program_spawn(&request, shell);
    close(keys);
    close(screen);
    return status;
}

enum status session_start_shell(struct session *session) {
    struct spawned shell;
    enum status status = jobs_begin(&session->jobs, 0, CONSOLE_COOKED);
    if (status != STATUS_OK) {
        return status;
    }
    status = spawn_shell(session, &shell);
    if (status != STATUS_OK) {
        jobs_end_all(&session->jobs);
        return status;
    }
    session->shell_number = shell.number;
    session->shell = shell.process;
    session->shell_started = clock_now();
    return STATUS_OK;
}

static void tell_end(struct session *session) {
    static const char *const words[] = {
        [END_EXITED] = "has ended", [END_KILLED] = "was ended", [END_FAULTED] = "did what a program must not"};
    struct process_end end;
    char text[128];
    if (process_wait(session->shell_number, DEADLINE_NOW, &end) == STATUS_OK) {
        int size = snprintf(text, sizeof(text), "\nThe shell %s (code %d); here is a new one.\n", words[end.reason],
                            (int)end.code);
        session_show(session, text, size);
    }
}

// A shell that ends at once is not started in a hurry: the pause keeps a broken one from using up the machine.
void session_restart_shell(struct session *session) {
    tell_end(session);
    number_close(session->shell_number);
    session->shell_number = NUMBER_NONE;
    jobs_end_all(&session->jobs);
    uint64_t earliest = session->shell_started + SHELL_LIVES_AT_LEAST;
    if (clock_now() < earliest) {
        thread_sleep(earliest);
    }
    enum status status = session_start_shell(session);
    if (status != STATUS_OK) {
        log_line("console: %s: %s", session->command[0], status_text(status));
    }
}

static void act(struct session *session, const struct discipline_result *result, bool is_seen) {
    session_show(session, result->echo, is_seen ? 0 : result->echo_size);
    if (result->data_size > 0 && !jobs_send(&session->jobs, result->data, result->data_size)) {
        session_show(session, "\a", 1);
    }
    if (result->signal == SIGNAL_END) {
        jobs_close_stream(&session->jobs);
    } else if (result->signal != SIGNAL_NONE) {
        static const int signals[] = {[SIGNAL_INTERRUPT] = SIGINT, [SIGNAL_QUIT] = SIGQUIT, [SIGNAL_SUSPEND] = SIGTSTP};
        jobs_interrupt(&session->jobs, session->shell, signals[result->signal]);
    }
}

// `seen`: so many of the bytes were shown when they were typed.
static void take_bytes(struct session *session, const char *bytes, size_t size, size_t seen) {
    for (size_t i = 0; i < size && session->jobs.count > 0; i++) {
        discipline_take(&jobs_foreground(&session->jobs)->discipline, bytes[i], &session->result);
        act(session, &session->result, i < seen);
    }
}

void session_type(struct session *session, const char *bytes, size_t size) {
    take_bytes(session, bytes, size, 0);
}

// A program that does not keep up loses keys; one that has ended leaves them to the job.
bool session_hand_on(struct session *session, const EVENT *event) {
    if (session->jobs.count == 0) {
        return false;
    }
    struct job *job = jobs_foreground(&session->jobs);
    if (!(job->discipline.mode & CONSOLE_EVENTS)) {
        return false;
    }
    enum status status = event_send(job->listener, event, session->input_right, DEADLINE_NOW);
    if (status == STATUS_NOT_FOUND || status == STATUS_PEER_DIED) {
        job->discipline.mode &= ~(uint32_t)CONSOLE_EVENTS;
        return false;
    }
    return true;
}

void session_type_again(struct session *session) {
    char bytes[JOB_KEYS_MAX];
    size_t seen = 0, size = jobs_take_back(jobs_foreground(&session->jobs), bytes, &seen);
    take_bytes(session, bytes, size, seen);
}

// What had a line drawn again was for the program below alone. Of the bytes that are left, the first *seen were shown.
static size_t drop_redraws(char *bytes, size_t size, size_t *seen) {
    size_t left = 0, left_seen = 0;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == CONSOLE_REDRAW) {
            continue;
        }
        left_seen += i < *seen;
        bytes[left++] = bytes[i];
    }
    *seen = left_seen;
    return left;
}

// What was typed for the job below is the new one's, the line that was begun too. Raw keys were not yet edited, and shown only where they
// were typed for a job before; lines were both.
void session_retype(struct session *session) {
    char bytes[JOB_KEYS_MAX];
    struct job *below = jobs_foreground(&session->jobs) - 1;
    size_t seen = 0, size = jobs_take_back(below, bytes, &seen);
    if (below->discipline.mode & CONSOLE_RAW) {
        size = drop_redraws(bytes, size, &seen);
        take_bytes(session, bytes, size, seen);
    } else if (size > 0) {
        jobs_send(&session->jobs, bytes, size);
    }
    jobs_pass_line(below, below + 1);
}
