// The service that hands machine numbers to test programs. Only the ramdisk of the tests holds and starts it.
#include "tests/guest/authority.h"

#include <parley/calls.h>
#include <parley/start.h>

static void close_numbers(const struct message_information *information) {
    for (uint32_t i = 0; i < information->number_count; i++)
        number_close(information->numbers[i]);
}

static void answer(const struct message_information *information, uint32_t rights) {
    struct message_options options = {
        .in_reply_to = information->id,
        .number_count = 1,
        .numbers = {start_grant_number("machine")},
        .rights = {rights},
    };
    message_send(information->sender, &rights, sizeof(rights), &options, DEADLINE_NOW, NULL);
}

// Random calls send anything to anybody: what is no request is dropped.
static void serve(uint32_t id) {
    struct authority_request request;
    struct message_information information = {0};
    size_t size = 0;
    enum status status = message_receive(id, &request, sizeof(request), &information, &size);
    if (status == STATUS_TOO_SMALL)
        message_scrap(id);
    if (status != STATUS_OK)
        return;
    close_numbers(&information);
    if (size == sizeof(request) && request.magic == AUTHORITY_MAGIC)
        answer(&information, request.rights);
}

int main(void) {
    EVENT event;
    gate_set(GATE_PIPE, 0, NULL);
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK)
            if (event.Type == EVENT_MESSAGE)
                serve(event.Data1);
    }
}
