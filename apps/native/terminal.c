// The terminal of a shell or a program that fills the screen, by the protocol of its console.
#include "apps/native/terminal.h"

#include <parley/console.h>
#include <parley/descriptor.h>
#include <parley/family.h>
#include <parley/object.h>
#include <parley/start.h>
#include <signal.h>
#include <unistd.h>

#include "apps/native/request.h"

enum { COLUMNS_DEFAULT = 80, ROWS_DEFAULT = 25 };

static uint32_t mode_before = CONSOLE_COOKED;

// Asks the console; false: there is none, or it refused.
static bool ask(struct console_request *request, struct console_reply *reply, int32_t *number) {
    uint32_t console = start_service("console");
    return console && request_ask(console, request, sizeof(*request), reply, sizeof(*reply), number) >= 0 &&
           reply->status >= 0;
}

static bool set_mode(uint32_t mode, uint32_t *before) {
    struct console_request request = {.operation = CONSOLE_SET_MODE, .value = mode};
    struct console_reply reply;
    if (!ask(&request, &reply, NULL))
        return false;
    *before = reply.value;
    return true;
}

bool terminal_open(void) {
    return set_mode(CONSOLE_RAW, &mode_before);
}

void terminal_close(void) {
    uint32_t raw;
    set_mode(mode_before, &raw);
}

void terminal_set_editing(bool edits) {
    uint32_t before;
    set_mode(CONSOLE_RAW | (edits ? CONSOLE_LINE : CONSOLE_INTERRUPTS), &before);
}

size_t terminal_columns(void) {
    struct console_request request = {.operation = CONSOLE_GET_SIZE};
    struct console_reply reply;
    return ask(&request, &reply, NULL) && reply.columns ? reply.columns : COLUMNS_DEFAULT;
}

void terminal_size(size_t *columns, size_t *rows) {
    struct console_request request = {.operation = CONSOLE_GET_SIZE};
    struct console_reply reply;
    bool known = ask(&request, &reply, NULL) && reply.columns && reply.rows;
    *columns = known ? reply.columns : COLUMNS_DEFAULT;
    *rows = known ? reply.rows : ROWS_DEFAULT;
}

bool terminal_job_begin(int *input, bool may_stop) {
    struct console_request request = {.operation = CONSOLE_JOB_BEGIN,
                                      .value = may_stop ? CONSOLE_COOKED : CONSOLE_NO_STOP};
    struct console_reply reply;
    int32_t number = NUMBER_NONE;
    *input = -1;
    if (!ask(&request, &reply, &number) || number == NUMBER_NONE)
        return false;
    *input = descriptor_of_pipe(number, START_TERMINAL | START_READ, true);
    if (*input < 0)
        number_close(number);
    return true;
}

bool terminal_round_begin(void) {
    int input;
    bool begun = terminal_job_begin(&input, true);
    if (input >= 0)
        close(input);
    return begun;
}

void terminal_job_add(const pid_t *processes, size_t count) {
    while (count) {
        struct console_request request = {.operation = CONSOLE_JOB_ADD};
        struct console_reply reply;
        while (count && request.value < CONSOLE_PROCESSES_MAX) {
            request.processes[request.value++] = (uint32_t)*processes++;
            count--;
        }
        ask(&request, &reply, NULL);
    }
}

void terminal_job_stop_again(void) {
    struct console_request request = {.operation = CONSOLE_JOB_ADD};
    struct console_reply reply;
    ask(&request, &reply, NULL);
}

bool terminal_job_end(void) {
    struct console_request request = {.operation = CONSOLE_JOB_END};
    struct console_reply reply;
    return ask(&request, &reply, NULL) && reply.value;
}

unsigned terminal_job_leave(void) {
    struct console_request request = {.operation = CONSOLE_JOB_LEAVE};
    struct console_reply reply;
    return ask(&request, &reply, NULL) ? reply.value : 0;
}

bool terminal_job_return(unsigned name) {
    struct console_request request = {.operation = CONSOLE_JOB_RETURN, .value = name};
    struct console_reply reply;
    return ask(&request, &reply, NULL);
}

void terminal_job_drop(unsigned name) {
    struct console_request request = {.operation = CONSOLE_JOB_DROP, .value = name};
    struct console_reply reply;
    ask(&request, &reply, NULL);
}

bool terminal_job_signal(const pid_t *processes, size_t count, int signal) {
    _Static_assert(sizeof(pid_t) == sizeof(uint32_t), "ids of processes");
    size_t reached = family_signal((const uint32_t *)processes, count, signal);
    if (signal == SIGHUP || signal == SIGTERM)
        family_signal((const uint32_t *)processes, count, SIGCONT);
    return reached > 0;
}
