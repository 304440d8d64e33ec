// Measured: a bare system call, and switches between threads by yielding.
#include "apps/bench/bench.h"

#include <parley/thread.h>

static void null_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        null_call();
}

static void clock_run(uint32_t rounds) {
    uint64_t now;
    for (uint32_t i = 0; i < rounds; i++)
        clock_read(&now);
}

static struct thread *partner;
static volatile uint32_t partner_stops;

static void *yield_for_ever(void *unused) {
    (void)unused;
    while (!partner_stops)
        thread_yield();
    return 0;
}

static void yield_prepare(void) {
    partner_stops = 0;
    bench_check(thread_start(yield_for_ever, 0, 0, &partner), "starting a thread");
    thread_yield();
}

// Away and back: two switches a round. So few rounds that neither thread loses priority by using whole slices: it would
// find nobody to yield to.
static void yield_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        thread_yield();
}

static void yield_finish(void) {
    partner_stops = 1;
    bench_check(thread_join(partner, 0), "joining a thread");
}

const struct benchmark bench_calls[] = {
    {"null_call", 10000, 0, null_run, 0},
    {"clock_read", 10000, 0, clock_run, 0},
    {"yield_pair", 1000, yield_prepare, yield_run, yield_finish},
    {0},
};
