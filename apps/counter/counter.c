// counter: a small service whose page holds a number and the routine that changes it. The service and its client call the same
// routine, each in its own context, at the same time; no system call is made for it, and no change is lost.
#include <parley/clock.h>
#include <parley/interface.h>
#include <parley/spawn.h>
#include <parley/status.h>
#include <stdio.h>
#include <stdlib.h>

#include "apps/common/tool.h"

enum { ID = 0x1001, VERSION = 1, ROUNDS = 200000 };

struct counter {
    struct interface_page head;
    uint32_t unused;
    uint64_t value;
    uint64_t add;          // pointer, good in the client, to uint64_t (*)(struct counter *, uint64_t amount)
    struct doorbell start; // rung by the client: the service counts, too
    struct doorbell done;  // rung by the service when it has counted
};

typedef uint64_t add_routine(struct counter *counter, uint64_t amount);

extern const char __start_shared_routines[] __attribute__((visibility("hidden")));
extern const char __stop_shared_routines[] __attribute__((visibility("hidden")));

// The shared routine: it needs nothing but its arguments, so it runs wherever it is mapped.
__attribute__((used, retain, noinline, section("shared_routines"))) static uint64_t add(struct counter *counter,
                                                                                        uint64_t amount) {
    return __atomic_add_fetch(&counter->value, amount, __ATOMIC_SEQ_CST);
}

static int complain(const char *what, enum status status) {
    fprintf(stderr, "counter: %s: %s\n", what, status_text(status));
    return 1;
}

// ---- the service ----

// Counts with one client until that is gone.
static void serve(struct interface_peer *peer) {
    struct counter *counter = (struct counter *)peer->pages;
    counter->add = interface_routine(peer, (uint64_t)add - (uint64_t)__start_shared_routines);
    interface_set_ready(peer);
    for (uint32_t seen = 0; doorbell_wait(&counter->start, seen, DEADLINE_NEVER) == STATUS_OK; seen++) {
        for (uint32_t i = 0; i < ROUNDS; i++)
            add(counter, 1);
        doorbell_ring(&counter->done);
    }
    interface_drop(peer);
}

static int service(void) {
    struct interface_plan plan = {
        .id = ID, .version = VERSION, .data_size = sizeof(struct counter), .clients = 8, .name = "counter"};
    int32_t number;
    EVENT event;
    enum status status = interface_make_code(__start_shared_routines, __stop_shared_routines, &plan.code);
    status = status == STATUS_OK ? interface_publish(&plan, &number) : status;
    if (status != STATUS_OK)
        return complain("registering", status);
    for (;;) {
        event_wait(DEADLINE_NEVER);
        while (event_get(&event, NULL) == STATUS_OK) {
            struct interface_peer peer;
            if (event.Type == EVENT_INTERFACE && event.Action == INTERFACE_REQUESTED &&
                interface_accept((int32_t)event.Data1, &peer) == STATUS_OK)
                serve(&peer);
        }
    }
}

// ---- the client ----

// A service of its own, unless somebody has started one (`counter --serve &`).
static enum status open_or_start(struct spawned *spawned, void **pages) {
    uint64_t deadline = deadline_after(5 * NANOSECONDS_PER_SECOND);
    enum status status = interface_open(ID, VERSION, 0, deadline, pages);
    if (status != STATUS_NOT_FOUND)
        return status;
    char *arguments[] = {"counter", "--serve", NULL};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.path = "/bin/counter";
    request.arguments = arguments;
    status = program_spawn(&request, spawned);
    for (status = status == STATUS_OK ? STATUS_NOT_FOUND : status; status == STATUS_NOT_FOUND && clock_now() < deadline;
         thread_sleep(deadline_after(NANOSECONDS_PER_MILLISECOND)))
        status = interface_open(ID, VERSION, 0, deadline, pages);
    return status;
}

static int count_with(struct counter *counter) {
    add_routine *shared_add = (add_routine *)counter->add;
    uint32_t seen = doorbell_read(&counter->done);
    doorbell_ring(&counter->start);
    for (uint32_t i = 0; i < ROUNDS; i++)
        shared_add(counter, 1);
    enum status status = doorbell_wait(&counter->done, seen, deadline_after(60 * NANOSECONDS_PER_SECOND));
    if (status != STATUS_OK)
        return complain("waiting for the service", status);
    printf("%d additions here and %d in the service, through one routine: %llu\n", ROUNDS, ROUNDS,
           (unsigned long long)counter->value);
    return counter->value == 2 * (uint64_t)ROUNDS ? 0 : 1;
}

static const struct tool tool = {
    .name = "counter",
    .usage = "usage: counter [--serve]\nCounts together with the counter service, which it starts if need be.\n",
    .options = "",
    .failure = 2,
};

int main(int argument_count, char **arguments) {
    struct spawned spawned = {0};
    void *pages;
    if (argument_count == 2 && strcmp(arguments[1], "--serve") == 0)
        return service();
    tool_start(&tool, argument_count, arguments);
    while (tool_option())
        continue;
    if (*tool_operands(NULL))
        tool_misused(*tool_operands(NULL), "it takes no words");
    enum status status = open_or_start(&spawned, &pages);
    if (status != STATUS_OK)
        return complain("opening the counter", status);
    int code = count_with(pages);
    interface_close(pages);
    if (spawned.number)
        process_kill(spawned.number, 0);
    return code;
}
