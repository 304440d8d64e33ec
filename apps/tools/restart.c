// restart: has init end a driver or a server, in the midst of what it does; /etc/startup says which of them come back.
#include <parley/init.h>
#include <parley/start.h>

#include "apps/common/number.h"
#include "apps/common/tool.h"
#include "apps/native/request.h"

static const struct tool tool = {
    .name = "restart",
    .usage =
        "usage: restart NAME...\n"
        "Ends the services of these names (`interfaces` lists them), or process ids. Init starts them again where\n"
        "/etc/startup says so.\n",
    .options = "",
    .failure = 1,
};

static uint32_t process_of(const char *word) {
    uint64_t number;
    if (number_parse(word, &number))
        return number > UINT32_MAX ? 0 : (uint32_t)number;
    return start_service(word);
}

static void restart(const char *word) {
    struct init_request request = {.operation = INIT_END_SERVICE, .process = process_of(word)};
    struct init_reply reply = {.status = STATUS_NOT_FOUND};
    enum status status = STATUS_OK;
    if (request.process)
        status = request_ask(start_service("init"), &request, sizeof(request), &reply, sizeof(reply), NULL);
    if (status == STATUS_OK)
        status = (enum status)reply.status;
    if (status != STATUS_OK)
        tool_complain(word, status == STATUS_NOT_FOUND ? "no such service" : status_text(status));
}

int main(int argument_count, char **arguments) {
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        continue;
    char **words = tool_operands(NULL);
    if (!*words)
        tool_misused(NULL, "a name is wanted");
    for (; *words; words++)
        restart(*words);
    return tool_finish(0);
}
