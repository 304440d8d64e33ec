// Measured: ports: sent and received by oneself, and called and answered between two processes.
#include "apps/bench/bench.h"

#include <parley/port.h>
#include <stdlib.h>

enum { MESSAGE_SIZE = 64 };

static uint64_t message[MESSAGE_SIZE / sizeof(uint64_t)];
static int32_t port, entry;

static void port_prepare(void) {
    struct port_create plan = {.message_size = MESSAGE_SIZE, .scope = PORT_OF_OBJECT};
    bench_check(port_create(&plan, &port), "making a port");
    entry = plan.entry;
}

static void port_finish(void) {
    bench_check(number_close(entry), "closing the entry");
    bench_check(number_close(port), "closing the port");
}

static void self_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        port_send(entry, message, 0, DEADLINE_NOW, 0);
        port_receive(port, message, 0, DEADLINE_NOW, 0);
    }
}

// The peer answers whoever calls with what it got, for ever.
static void answer(uint32_t parent) {
    struct port_create plan = {.message_size = MESSAGE_SIZE, .scope = PORT_OF_PROCESS};
    enum status status;
    uint64_t id;
    (void)parent;
    bench_check(port_create(&plan, &port), "making the peer's port");
    status = port_receive(port, message, 0, DEADLINE_NEVER, &id);
    while (status == STATUS_OK)
        status = port_reply_receive(port, id, message, 0, DEADLINE_NEVER, &id);
    bench_check(status, "answering");
}

static void call_prepare(void) {
    uint32_t other = bench_peer_start("port", 0, 0);
    bench_check(port_open(other, 0, DEADLINE_NEVER, &entry), "opening the peer's port");
}

static void call_run(uint32_t rounds) {
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < rounds && status == STATUS_OK; i++)
        status = port_call(entry, message, 0, DEADLINE_NEVER);
    bench_check(status, "calling");
}

static void call_finish(void) {
    bench_check(number_close(entry), "closing the entry");
    bench_peer_end();
}

const struct benchmark bench_ports[] = {
    {"port_self_64", 5000, port_prepare, self_run, port_finish},
    {"port_call_64", 5000, call_prepare, call_run, call_finish},
    {0},
};

const struct peer peers_ports[] = {{"port", answer}, {0}};
