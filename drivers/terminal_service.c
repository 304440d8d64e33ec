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

// A console that attaches anew takes its own place, too.
static enum status attach(struct terminal_service *service, const struct message_information *information) {
    if (information->number_count != 2) {
        return STATUS_INVALID_ARGUMENT;
    }
    if (service->session != information->sender && is_alive(service->session)) {
        return STATUS_BUSY;
    }
    terminal_service_end(service);
    service->session = information->sender;
    service->output = information->numbers[0];
    service->input = information->numbers[1];
    return STATUS_OK;
}

static void close_numbers(const struct message_information *information) {
    for (uint32_t i = 0; i < information->number_count; i++) {
        number_close(information->numbers[i]);
    }
}

static enum status run(struct terminal_service *service, const struct terminal_request *request,
                       const struct message_information *information) {
    if (request->reserved == 0 && request->operation == TERMINAL_ATTACH) {
        return attach(service, information);
    }
    return request->reserved == 0 && request->operation == TERMINAL_SIZE ? STATUS_OK : STATUS_INVALID_ARGUMENT;
}

bool terminal_service_answer(struct terminal_service *service, uint32_t id) {
    struct terminal_request request = {0};
    struct message_information information = {0};
    size_t size = 0;
    enum status status = message_receive(id, &request, sizeof(request), &information, &size);
    if (status == STATUS_TOO_SMALL) {
        message_scrap(id);
    } else if (status != STATUS_OK) {
        return false;
    } else if (size == sizeof(request)) {
        status = run(service, &request, &information);
    }
    if (size != sizeof(request)) {
        status = STATUS_INVALID_ARGUMENT;
    }
    bool attached = status == STATUS_OK && request.operation == TERMINAL_ATTACH;
    if (!attached) {
        close_numbers(&information);
    }
    struct terminal_reply reply = {.status = status};
    if (status == STATUS_OK) {
        reply.columns = service->columns;
        reply.rows = service->rows;
        reply.log_position = service->log_position;
    }
    request_answer(id, information.sender, &reply, sizeof(reply));
    return attached;
}
