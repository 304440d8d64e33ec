// Measured: events to oneself, and there and back between two processes that sleep for each.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/object.h>
#include <parley/trace.h>

static uint32_t other;

static void self_run(uint32_t rounds) {
    EVENT event = {.Type = EVENT_USER}, got;
    uint32_t self = bench_self();
    for (uint32_t i = 0; i < rounds; i++) {
        event_send(self, &event, NUMBER_NONE, DEADLINE_NOW);
        event_get(&got, 0);
    }
}

static void empty_run(uint32_t rounds) {
    EVENT got;
    for (uint32_t i = 0; i < rounds; i++)
        event_get(&got, 0);
}

// Waits for an event of the partner's; others (its end, say) are passed over.
static void take(void) {
    EVENT got;
    do {
        event_wait(DEADLINE_NEVER);
        event_get(&got, 0);
    } while (got.Type != EVENT_USER);
}

static void answer(uint32_t parent) {
    EVENT event = {.Type = EVENT_USER};
    gate_set(GATE_EVENT, GATE_ALL_USERS, 0);
    event_send(parent, &event, NUMBER_NONE, DEADLINE_NEVER);
    for (;;) {
        take();
        event_send(parent, &event, NUMBER_NONE, DEADLINE_NEVER);
    }
}

static void trip_prepare(void) {
    bench_check(gate_set(GATE_EVENT, GATE_ALL_USERS, 0), "opening the gate");
    other = bench_peer_start("event", 0, 0);
    take();
}

static void trip_run(uint32_t rounds) {
    EVENT event = {.Type = EVENT_USER};
    for (uint32_t i = 0; i < rounds; i++) {
        event_send(other, &event, NUMBER_NONE, DEADLINE_NEVER);
        take();
    }
}

// The end of the peer is an event too.
static void trip_finish(void) {
    EVENT got;
    bench_peer_end();
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

static int32_t trace;

static void trace_prepare(void) {
    bench_check(trace_open(&trace), "opening the trace");
}

static void trace_finish(void) {
    number_close(trace);
}

const struct benchmark bench_events[] = {
    {"event_self", 10000, 0, self_run, 0},
    {"event_self_traced", 10000, trace_prepare, self_run, trace_finish},
    {"event_get_empty", 10000, 0, empty_run, 0},
    {"event_round_trip", 5000, trip_prepare, trip_run, trip_finish},
    {0},
};

const struct peer peers_events[] = {{"event", answer}, {0}};
