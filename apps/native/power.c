// What poweroff, reboot and debug ask of init.
#include "apps/native/power.h"

#include <parley/start.h>

#include "apps/common/tool.h"
#include "apps/native/request.h"

void power_ask(enum init_operation operation) {
    struct init_request request = {.operation = operation};
    struct init_reply reply;
    uint32_t init = start_service("init");
    if (!init)
        tool_fail("init", "this program was not told of it");
    enum status status = request_ask(init, &request, sizeof(request), &reply, sizeof(reply), NULL);
    if (status >= 0)
        status = reply.status;
    if (status < 0)
        tool_fail("init", status_text(status));
}
