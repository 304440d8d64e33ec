// Measured: 64 bytes there and back over an interface's page: with both sides awake, where the kernel has no part in it, and
// with each side sleeping until the other has rung.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/interface.h>
#include <parley/message.h>

enum { ID = 0x2b00 };

struct board {
    struct interface_page head;
    uint32_t unused;
    struct exchange exchange;
};

static const struct interface_plan plan = {
    .id = ID, .version = 1, .data_size = sizeof(struct board), .clients = 1, .name = "bench"};

static int32_t interface;
static struct interface_peer server; // in the row where both sides are this process
static struct board *board;          // the client's

static int32_t publish(void) {
    int32_t number;
    bench_check(interface_publish(&plan, &number), "registering an interface");
    return number;
}

// Waits for the request, and fills the page.
static struct interface_peer serve(void) {
    EVENT got = {0};
    struct interface_peer peer;
    while (event_get(&got, 0) != STATUS_OK || got.Type != EVENT_INTERFACE)
        event_wait(DEADLINE_NEVER);
    bench_check(interface_accept((int32_t)got.Data1, &peer), "accepting a client");
    interface_set_ready(&peer);
    return peer;
}

// ---- both awake: each looks at the page before the other could have slept ----

static void awake_prepare(void) {
    uint64_t base;
    interface = publish();
    bench_check(interface_request(ID, 1, 0, &base), "requesting an interface");
    server = serve();
    board = (struct board *)base;
}

static void awake_run(uint32_t rounds) {
    struct exchange *ours = &board->exchange, *theirs = &((struct board *)server.pages)->exchange;
    uint8_t question[EXCHANGE_SIZE] = "sixty-four bytes of a question", taken[EXCHANGE_SIZE];
    uint32_t seen = doorbell_read(&theirs->asked);
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t answered = exchange_ask(ours, question);
        if (exchange_take(theirs, &seen, taken))
            exchange_answer(theirs, taken);
        if (!exchange_take_reply(ours, answered, question))
            bench_check(STATUS_CORRUPT, "an exchange with both sides awake");
    }
}

static void awake_finish(void) {
    interface_drop(&server);
    interface_close(board);
    number_close(interface);
}

// ---- each sleeping ----

static void answer(uint32_t parent) {
    uint32_t id, seen = 0;
    uint8_t taken[EXCHANGE_SIZE];
    publish();
    message_send(parent, "", 1, 0, DEADLINE_NEVER, &id);
    struct exchange *exchange = &((struct board *)serve().pages)->exchange;
    while (exchange_next(exchange, &seen, taken, DEADLINE_NEVER) == STATUS_OK)
        exchange_answer(exchange, taken);
}

static void trip_prepare(void) {
    size_t got;
    char ready;
    void *pages;
    bench_peer_start("interface", 0, 0);
    bench_check(message_next(&ready, 1, 0, DEADLINE_NEVER, &got), "waiting for the server");
    bench_check(interface_open(ID, 1, 0, DEADLINE_NEVER, &pages), "opening an interface");
    board = pages;
}

static void trip_run(uint32_t rounds) {
    uint8_t text[EXCHANGE_SIZE] = "sixty-four bytes of a question";
    for (uint32_t i = 0; i < rounds; i++)
        bench_check(exchange_call(&board->exchange, text, text, DEADLINE_NEVER), "an exchange");
}

static void trip_finish(void) {
    EVENT got;
    bench_peer_end();
    interface_close(board);
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

const struct benchmark bench_interfaces[] = {
    {"interface_awake_64", 20000, awake_prepare, awake_run, awake_finish},
    {"interface_round_trip_64", 5000, trip_prepare, trip_run, trip_finish},
    {0},
};

const struct peer peers_interfaces[] = {{"interface", answer}, {0}};
