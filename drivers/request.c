// Taking requests and answering them.
#include "drivers/request.h"

#include <parley/calls.h>
#include <string.h>

static void close_numbers(const struct message_information *information) {
    for (uint32_t i = 0; i < information->number_count; i++) {
        number_close(information->numbers[i]);
    }
}

bool request_take(uint32_t id, void *request, size_t size, uint32_t *sender) {
    struct message_information information = {0};
    size_t received = 0;
    enum status status = message_receive(id, request, size, &information, &received);
    if (status == STATUS_TOO_SMALL) {
        message_scrap(id);
    } else if (status == STATUS_OK) {
        close_numbers(&information);
    } else {
        return false;
    }
    if (status != STATUS_OK || received != size) {
        memset(request, 0, size);
    }
    *sender = information.sender;
    return true;
}

void request_answer(uint32_t id, uint32_t sender, const void *reply, size_t size) {
    struct message_options options = {.in_reply_to = id};
    message_send(sender, reply, size, &options, DEADLINE_NOW, NULL);
}
