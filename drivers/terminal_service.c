// Sessions of terminal drivers: accepting their pipes, answering their questions.
#include "drivers/terminal_service.h"

#include "drivers/request.h"

#include <parley/calls.h>
#include <parley/terminal.h>

static void drop(int32_t *number) {
    if (*number != NUMBER_NONE) {
        number_close(*number);
    }
    *number = NUMBER_NONE;
}

void terminal_service_end(struct terminal_service *service) {
    drop(&service->output);
    drop(&service->input);
    service->session = 0;
}

static bool is_alive(uint32_t process) {
    struct process_end end;
    int32_t number = NUMBER_NONE;
    if (process == 0 || process_open(process, &number) != STATUS_OK) {
        return false;
    }
    bool alive = process_wait(number, DEADLINE_NOW, &end) != STATUS_OK;
    number_close(number);
    return alive;
}

static bool accept_pipe(struct terminal_service *service, int32_t number, uint32_t process, uint32_t mode) {
    if (service->session != process && is_alive(service->session)) {
        number_close(number);
        return false;
    }
    if (service->session != process) {
        terminal_service_end(service);
        service->session = process;
    }
    int32_t *place = mode == PIPE_RECEIVE ? &service->output : &service->input;
    if (*place != NUMBER_NONE || mode == PIPE_POOL) {
        number_close(number);
        return false;
    }
    *place = number;
    return mode == PIPE_RECEIVE;
}

bool terminal_service_take_pipe(struct terminal_service *service, const EVENT *event) {
    int32_t number = (int32_t)event->Data1;
    if (event->Action == PIPE_CREATED) {
        return accept_pipe(service, number, event->Data2, event->Data3);
    }
    // What is still in the output pipe is shown; reading its end closes it. The input pipe is of no more use.
    if (event->Action == PIPE_CLOSED && number == service->input) {
        drop(&service->input);
    }
    return false;
}

void terminal_service_answer(const struct terminal_service *service, uint32_t id) {
    struct terminal_request request;
    struct terminal_reply reply = {.status = STATUS_INVALID_ARGUMENT};
    uint32_t sender = 0;
    if (!request_take(id, &request, sizeof(request), &sender)) {
        return;
    }
    if (request.operation == TERMINAL_SIZE && request.reserved == 0) {
        reply = (struct terminal_reply){STATUS_OK, service->columns, service->rows, 0};
    }
    request_answer(id, sender, &reply, sizeof(reply));
}
