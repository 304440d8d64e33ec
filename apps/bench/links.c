// Measured: links. 32 bytes there and back between two processes, in one call each way or in three, and a poll of many.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/link.h>
#include <parley/start.h>

enum { MANY = 64 };

static uint64_t bytes[LINK_SIZE / sizeof(uint64_t)];
static int32_t own, many[MANY], others[MANY], local[MANY], locals_others[MANY];

static void answer_by_call(uint32_t parent) {
    (void)parent;
    int32_t link = start_grant_number("link");
    uint64_t words[LINK_SIZE / sizeof(uint64_t)] = {1};
    for (;;)
        link_call(link, words, DEADLINE_NEVER, 0);
}

static void answer_by_steps(uint32_t parent) {
    (void)parent;
    int32_t link = start_grant_number("link");
    uint64_t words[LINK_SIZE / sizeof(uint64_t)] = {1};
    for (;;) {
        link_write(link, words, LINK_SIGNAL);
        link_poll(link, DEADLINE_NEVER, 0);
        link_read(link, words);
    }
}

static void peer_start(const char *name) {
    struct link_create plan = {0};
    bench_check(link_create(&plan, &own), "making a link");
    struct spawn_grant grant = {"link", plan.other, RIGHTS_ALL, 0};
    bench_peer_start(name, &grant, 1);
    number_close(plan.other);
    bench_check(link_poll(own, DEADLINE_NEVER, 0), "hearing of the peer");
}

static void prepare_call(void) {
    peer_start("link-call");
}

static void prepare_steps(void) {
    peer_start("link-steps");
}

static void run_call(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        link_call(own, bytes, DEADLINE_NEVER, 0);
}

static void run_steps(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        link_write(own, bytes, LINK_SIGNAL);
        link_poll(own, DEADLINE_NEVER, 0);
        link_read(own, bytes);
    }
}

static void finish(void) {
    EVENT got;
    bench_peer_end();
    number_close(own);
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

// ---- one of many ----

static void links_make(uint32_t flags, int32_t *ends, int32_t *far) {
    for (int i = 0; i < MANY; i++) {
        struct link_create plan = {.flags = flags};
        bench_check(link_create(&plan, &ends[i]), "making a link");
        far[i] = plan.other;
    }
}

static void prepare_many(void) {
    links_make(0, many, others);
}

static void poll_many(uint32_t rounds, uint32_t which) {
    struct link_ready ready[MANY];
    for (uint32_t i = 0; i < rounds; i++) {
        link_signal(others[i % MANY]);
        link_poll_all(which, ready, MANY, DEADLINE_NOW, 0);
    }
}

static void run_many(uint32_t rounds) {
    poll_many(rounds, LINK_POLL_TASK);
}

// As many of the thread's own, on which nothing happens.
static void prepare_both(void) {
    prepare_many();
    links_make(LINK_OF_THREAD, local, locals_others);
}

static void run_both(uint32_t rounds) {
    poll_many(rounds, LINK_POLL_TASK | LINK_POLL_THREAD);
}

static void links_close(const int32_t *ends, const int32_t *far) {
    struct link_ready ready[MANY];
    for (int i = 0; i < MANY; i++) {
        number_close(ends[i]);
        number_close(far[i]);
    }
    link_poll_all(LINK_POLL_TASK | LINK_POLL_THREAD, ready, MANY, DEADLINE_NOW, 0);
}

static void finish_many(void) {
    links_close(many, others);
}

static void finish_both(void) {
    finish_many();
    links_close(local, locals_others);
}

const struct benchmark bench_links[] = {
    {"link_round_trip_32", 5000, prepare_call, run_call, finish},
    {"link_round_trip_steps_32", 5000, prepare_steps, run_steps, finish},
    {"link_poll_all_1_of_64", 5000, prepare_many, run_many, finish_many},
    {"link_poll_all_both_1_of_128", 5000, prepare_both, run_both, finish_both},
    {0},
};

const struct peer peers_links[] = {{"link-call", answer_by_call}, {"link-steps", answer_by_steps}, {0}};
