// Exchanges with the file server as messages.
//
// Short ones are put together on the stack; long ones in a buffer that is kept for the next. Whoever finds the kept buffer
// taken makes one.
#include "libc/files/transport.h"

#include <parley/calls.h>
#include <parley/start.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT_SIZE = 512, LONG_SIZE = FILES_DATA_MAX + 2 * FILES_PATH_MAX };

static void *kept_buffer;

static void *buffer_take(void) {
    void *buffer = __atomic_exchange_n(&kept_buffer, NULL, __ATOMIC_ACQUIRE);
    return buffer ? buffer : malloc(LONG_SIZE);
}

static void buffer_give_back(void *buffer) {
    void *expected = NULL;
    if (!__atomic_compare_exchange_n(&kept_buffer, &expected, buffer, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        free(buffer);
}

static enum status send(const struct files_exchange *exchange, char *buffer, struct message_filter *filter) {
    size_t size = sizeof exchange->request;
    memcpy(buffer, &exchange->request, size);
    for (unsigned int i = 0; i < 2; i++) {
        if (exchange->payload_size[i])
            memcpy(buffer + size, exchange->payload[i], exchange->payload_size[i]);
        size += exchange->payload_size[i];
    }
    filter->sender = start_service("files");
    if (filter->sender == 0)
        return STATUS_NOT_FOUND;
    enum status status = message_send(filter->sender, buffer, size, NULL, DEADLINE_NEVER, &filter->in_reply_to);
    return status == STATUS_NOT_FOUND ? STATUS_PEER_DIED : status; // there is no such process any more
}

static enum status await(const struct message_filter *filter, struct message_information *information) {
    enum status status;
    do
        status = message_wait(filter, information, DEADLINE_NEVER);
    while (status == STATUS_INTERRUPTED);
    return status;
}

static enum status receive(struct files_exchange *exchange, char *buffer, size_t room,
                           struct message_information *information) {
    size_t size;
    enum status status = message_receive(information->id, buffer, room, information, &size);
    if (status != STATUS_OK)
        return status < 0 ? status : STATUS_CORRUPT;
    if (size < sizeof exchange->reply)
        return STATUS_CORRUPT;
    memcpy(&exchange->reply, buffer, sizeof exchange->reply);
    size -= sizeof exchange->reply;
    exchange->received = size < exchange->capacity ? size : exchange->capacity;
    if (exchange->received)
        memcpy(exchange->into, buffer + sizeof exchange->reply, exchange->received);
    exchange->number = information->number_count ? information->numbers[0] : NUMBER_NONE;
    return (enum status)exchange->reply.status;
}

static enum status exchange_through(struct files_exchange *exchange, char *buffer, size_t room) {
    struct message_filter filter;
    struct message_information information;
    enum status status = send(exchange, buffer, &filter);
    if (status >= 0)
        status = await(&filter, &information);
    return status < 0 ? status : receive(exchange, buffer, room, &information);
}

enum status files_exchange(struct files_exchange *exchange) {
    size_t there = sizeof exchange->request + exchange->payload_size[0] + exchange->payload_size[1];
    size_t back = sizeof exchange->reply + exchange->capacity;
    if (there > LONG_SIZE || back > LONG_SIZE)
        return STATUS_TOO_LARGE;
    if (there <= SHORT_SIZE && back <= SHORT_SIZE) {
        char buffer[SHORT_SIZE];
        return exchange_through(exchange, buffer, sizeof buffer);
    }
    char *buffer = buffer_take();
    if (!buffer)
        return STATUS_NO_MEMORY;
    enum status status = exchange_through(exchange, buffer, LONG_SIZE);
    buffer_give_back(buffer);
    return status;
}
