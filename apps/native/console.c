// Asking the console by message.
#include "apps/native/console.h"

#include <parley/start.h>

#include "apps/native/request.h"

enum status console_set_mode(uint32_t mode, uint32_t *before) {
    struct console_request request = {.operation = CONSOLE_SET_MODE, .value = mode};
    struct console_reply reply = {.status = STATUS_OK};
    uint32_t console = start_service("console");
    if (!console)
        return STATUS_NOT_FOUND;
    enum status status = request_ask(console, &request, sizeof(request), &reply, sizeof(reply), NULL);
    if (status != STATUS_OK)
        return status;
    *before = reply.value;
    return (enum status)reply.status;
}
