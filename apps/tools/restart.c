// restart: has init end a driver or a server, in the midst of what it does; /etc/startup says which of them come back.
#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/init.h>
#include <parley/start.h>

#include "apps/common/number.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"
#include "apps/native/request.h"

static const struct tool tool = {
    .name = "restart",
    .usage =
        "usage: restart [-n COUNT] NAME...\n"
        "Ends the services of these names (`interfaces` lists them), or process ids. Init starts them again where\n"
        "/etc/startup says so.\n"
        "  -n  so many times, each when it is back in the directory; tells how long that took at most\n",
    .options = "n:",
    .failure = 1,
};

#define PATIENCE (10 * NANOSECONDS_PER_SECOND)
#define LOOK_EVERY (NANOSECONDS_PER_MILLISECOND / 10)

static uint32_t process_of(const char *word) {
    uint64_t number;
    if (number_parse(word, &number))
        return number > UINT32_MAX ? 0 : (uint32_t)number;
    return start_service(word);
}

static enum status end_service(uint32_t process) {
    struct init_request request = {.operation = INIT_END_SERVICE, .process = process};
    struct init_reply reply = {.status = STATUS_NOT_FOUND};
    enum status status = STATUS_OK;
    if (process)
        status = request_ask(start_service("init"), &request, sizeof(request), &reply, sizeof(reply), NULL);
    return status == STATUS_OK ? (enum status)reply.status : status;
}

static bool restart(const char *word, uint32_t process) {
    enum status status = end_service(process);
    if (status != STATUS_OK)
        tool_complain(word, status == STATUS_NOT_FOUND ? "no such service" : status_text(status));
    return status == STATUS_OK;
}

// The service's next life; 0: it has none.
static uint32_t await_other(const char *name, uint32_t before) {
    uint64_t give_up = deadline_after(PATIENCE);
    uint32_t now = directory_find(name);
    while ((now == 0 || now == before) && clock_now() < give_up) {
        thread_sleep(deadline_after(LOOK_EVERY));
        now = directory_find(name);
    }
    return now == before ? 0 : now;
}

static void restart_often(const char *name, uint64_t times) {
    uint64_t longest = 0;
    uint32_t process = directory_find(name);
    for (uint64_t i = 0; i < times; i++) {
        uint64_t start = clock_now();
        if (!restart(name, process))
            return;
        process = await_other(name, process);
        uint64_t took = clock_now() - start;
        longest = took > longest ? took : longest;
        if (process == 0) {
            tool_complain(name, "is not back");
            return;
        }
    }
    output_text(&standard_output, name);
    output_text(&standard_output, ": back after ");
    output_number(&standard_output, longest / NANOSECONDS_PER_MILLISECOND);
    output_text(&standard_output, " ms at most\n");
}

int main(int argument_count, char **arguments) {
    uint64_t times = 0;
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        times = tool_value_number();
    char **words = tool_operands(NULL);
    if (!*words)
        tool_misused(NULL, "a name is wanted");
    for (; *words; words++) {
        if (times)
            restart_often(*words, times);
        else
            restart(*words, process_of(*words));
    }
    return tool_finish(0);
}
