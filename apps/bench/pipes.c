// Measured: pipes to oneself, in bulk, and there and back between two processes.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/pipe.h>
#include <parley/start.h>

enum { BULK = 65536 };

static uint8_t block[BULK];
static size_t block_size;
static int32_t to, from; // write here, read there

static void make(int32_t *write_end, int32_t *read_end) {
    struct pipe_create parameters = {.mode = PIPE_SEND};
    bench_check(pipe_create(&parameters, write_end), "making a pipe");
    *read_end = parameters.other;
}

static void self_run(uint32_t rounds) {
    size_t done;
    for (uint32_t i = 0; i < rounds; i++) {
        pipe_write(to, block, block_size, DEADLINE_NEVER, &done);
        pipe_read(from, block, block_size, DEADLINE_NEVER, &done);
    }
}

static void self_finish(void) {
    number_close(to);
    number_close(from);
}

static void echo(uint32_t parent) {
    (void)parent;
    int32_t in = start_grant_number("in"), out = start_grant_number("out");
    size_t done;
    while (pipe_read(in, block, sizeof(block), DEADLINE_NEVER, &done) == STATUS_OK)
        pipe_write(out, block, done, DEADLINE_NEVER, &done);
}

static void trip_prepare(void) {
    int32_t peer_in, peer_out;
    make(&to, &peer_in);
    make(&peer_out, &from);
    struct spawn_grant grants[] = {{"in", peer_in, RIGHTS_ALL, 0}, {"out", peer_out, RIGHTS_ALL, 0}};
    bench_peer_start("pipe", grants, 2);
    number_close(peer_in);
    number_close(peer_out);
}

static void trip_finish(void) {
    EVENT got;
    bench_peer_end();
    self_finish();
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

static void self_prepare(void) {
    make(&to, &from);
}

static void self_1(void) {
    block_size = 1;
    self_prepare();
}

static void self_64(void) {
    block_size = 64;
    self_prepare();
}

static void self_4096(void) {
    block_size = 4096;
    self_prepare();
}

static void self_bulk(void) {
    block_size = BULK;
    self_prepare();
}

static void trip_1(void) {
    block_size = 1;
    trip_prepare();
}

static void trip_64(void) {
    block_size = 64;
    trip_prepare();
}

static void trip_4096(void) {
    block_size = 4096;
    trip_prepare();
}

const struct benchmark bench_pipes[] = {
    {"pipe_self_1", 5000, self_1, self_run, self_finish},
    {"pipe_self_64", 5000, self_64, self_run, self_finish},
    {"pipe_self_4096", 2000, self_4096, self_run, self_finish},
    {"pipe_bulk_65536", 200, self_bulk, self_run, self_finish},
    {"pipe_round_trip_1", 5000, trip_1, self_run, trip_finish},
    {"pipe_round_trip_64", 5000, trip_64, self_run, trip_finish},
    {"pipe_round_trip_4096", 1000, trip_4096, self_run, trip_finish},
    {0},
};

const struct peer peers_pipes[] = {{"pipe", echo}, {0}};
