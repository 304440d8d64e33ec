// Makes a deadlock to look at: two processes, each of which waits for a message of the other. `waits` explains it.
#include <parley/message.h>
#include <parley/process.h>
#include <parley/spawn.h>
#include <parley/start.h>
#include <parley/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"

enum { PARTNERS = 2 };

static int fail(const char *what, enum status status) {
    fprintf(stderr, "deadlock: %s: %s\n", what, status_text(status));
    return 1;
}

// A partner: learns from its parent who the other one is, and waits for that one to speak first.
static int partner_run(void) {
    struct message_information information;
    struct message_filter filter = {0};
    size_t size;
    enum status status = message_next(&filter.sender, sizeof(filter.sender), &information, DEADLINE_NEVER, &size);
    if (status == STATUS_OK)
        status = message_wait(&filter, &information, DEADLINE_NEVER);
    return status == STATUS_PEER_DIED ? 0 : fail("waiting", status);
}

static enum status partners_start(struct spawned *partners) {
    char *arguments[] = {"deadlock", "--partner", 0};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.path = "/bin/deadlock";
    request.arguments = arguments;
    enum status status = STATUS_OK;
    for (int i = 0; i < PARTNERS && status == STATUS_OK; i++)
        status = program_spawn(&request, &partners[i]);
    for (int i = 0; i < PARTNERS && status == STATUS_OK; i++) {
        uint32_t id, *other = &partners[PARTNERS - 1 - i].process;
        status = message_send(partners[i].process, other, sizeof(*other), 0, DEADLINE_NEVER, &id);
    }
    return status;
}

static const struct tool tool = {
    .name = "deadlock",
    .usage = "usage: deadlock &\nStarts two processes that wait for each other. See: waits. End one: kill PID.\n",
    .options = "",
    .failure = 2,
};

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--partner") == 0)
        return partner_run();
    tool_start(&tool, count, arguments);
    while (tool_option())
        continue;
    if (*tool_operands(NULL))
        tool_misused(*tool_operands(NULL), "it takes no words");
    struct spawned partners[PARTNERS] = {0};
    enum status status = partners_start(partners);
    if (status != STATUS_OK)
        return fail("starting", status);
    printf("processes %u and %u wait for each other\n", partners[0].process, partners[1].process);
    fflush(stdout);
    for (int i = 0; i < PARTNERS; i++)
        process_wait(partners[i].number, DEADLINE_NEVER, 0);
    return 0;
}
