// A request to a service by message, and the wait for its reply.
#include "apps/native/request.h"

#include <parley/clock.h>
#include <parley/object.h>

#define REQUEST_TIME (UINT64_C(10) * NANOSECONDS_PER_SECOND)

static void take_numbers(const struct message_information *information, int32_t *number) {
    uint32_t taken = 0;
    if (number)
        *number = information->number_count ? information->numbers[taken++] : NUMBER_NONE;
    for (; taken < information->number_count; taken++)
        number_close(information->numbers[taken]);
}

enum status request_ask(uint32_t service, const void *request, size_t size, void *reply, size_t reply_size,
                        int32_t *number) {
    uint32_t id;
    uint64_t deadline = deadline_after(REQUEST_TIME);
    enum status status = message_send(service, request, size, NULL, deadline, &id);
    if (status < 0)
        return status;
    struct message_filter filter = {.sender = service, .in_reply_to = id};
    struct message_information information;
    status = message_wait(&filter, &information, deadline);
    if (status < 0)
        return status;
    if (information.size != reply_size) {
        message_scrap(information.id);
        return STATUS_CORRUPT;
    }
    size_t received;
    status = message_receive(information.id, reply, reply_size, &information, &received);
    if (status == STATUS_OK)
        take_numbers(&information, number);
    return status;
}
