// Measured: messages to oneself, received by id, and there and back between two processes.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/message.h>

enum { SIZE_MAX_USED = 4096 };

static uint8_t block[SIZE_MAX_USED];
static size_t block_size;
static uint32_t other;

static void self_run(uint32_t rounds) {
    uint32_t id, self = bench_self();
    size_t got;
    for (uint32_t i = 0; i < rounds; i++) {
        message_send(self, block, block_size, 0, DEADLINE_NOW, &id);
        message_receive(id, block, sizeof(block), 0, &got);
    }
}

static void take(void) {
    size_t got;
    bench_check(message_next(block, sizeof(block), 0, DEADLINE_NEVER, &got), "receiving");
}

static void answer(uint32_t parent) {
    uint32_t id;
    message_send(parent, block, 1, 0, DEADLINE_NEVER, &id);
    for (;;) {
        size_t got;
        message_next(block, sizeof(block), 0, DEADLINE_NEVER, &got);
        message_send(parent, block, got, 0, DEADLINE_NEVER, &id);
    }
}

static void trip_prepare(void) {
    other = bench_peer_start("message", 0, 0);
    take();
}

static void trip_run(uint32_t rounds) {
    uint32_t id;
    for (uint32_t i = 0; i < rounds; i++) {
        message_send(other, block, block_size, 0, DEADLINE_NEVER, &id);
        take();
    }
}

static void finish(void) {
    EVENT got;
    bench_peer_end();
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

static void size_64(void) {
    block_size = 64;
}

static void size_4096(void) {
    block_size = 4096;
}

static void trip_64(void) {
    size_64();
    trip_prepare();
}

static void trip_4096(void) {
    size_4096();
    trip_prepare();
}

const struct benchmark bench_messages[] = {
    {"message_self_64", 5000, size_64, self_run, 0},
    {"message_self_4096", 2000, size_4096, self_run, 0},
    {"message_round_trip_64", 5000, trip_64, trip_run, finish},
    {"message_round_trip_4096", 2000, trip_4096, trip_run, finish},
    {0},
};

const struct peer peers_messages[] = {{"message", answer}, {0}};
