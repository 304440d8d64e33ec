// Measured: what the questions of the documents ask and no other operation tells (docs/COMPARISON.md has the answers).
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/memory.h>
#include <parley/message.h>
#include <parley/object.h>
#include <parley/port.h>
#include <parley/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void drain(void) {
    EVENT got;
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

// ---- does an acknowledged share cost more than an open one? ----

static int32_t memory;

static void memory_prepare(void) {
    bench_check(shared_create(PAGE_SIZE, &memory), "making shared memory");
}

static void memory_finish(void) {
    number_close(memory);
    drain();
}

// Offered, seen by event, accepted; the answer is seen by event too.
static void acknowledged_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t offer;
        int32_t number;
        EVENT event;
        bench_check(shared_offer(memory, bench_self(), RIGHT_READ, &offer), "offering");
        event_get(&event, 0);
        bench_check(shared_accept(offer, &number), "accepting");
        event_get(&event, 0);
        number_close(number);
    }
}

// The number travels with a message; whoever gets it has it.
static void open_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        struct message_options options = {.number_count = 1, .numbers = {memory}, .rights = {RIGHT_READ}};
        struct message_information information;
        EVENT event;
        uint32_t id;
        bench_check(message_send(bench_self(), 0, 0, &options, DEADLINE_NOW, &id), "sending a number");
        event_get(&event, 0);
        bench_check(message_receive(event.Data1, 0, 0, &information, 0), "receiving a number");
        number_close(information.numbers[0]);
    }
}

// ---- what does SSE change when bytes are copied? ----

static _Alignas(PAGE_SIZE) uint8_t from[PAGE_SIZE], to[PAGE_SIZE];

static void string_copy_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        const void *source = from;
        void *place = to;
        uint64_t words = PAGE_SIZE / 8;
        __asm__ volatile("rep movsq" : "+S"(source), "+D"(place), "+c"(words) : : "memory");
    }
}

typedef uint64_t vector __attribute__((vector_size(16)));

static void sse_copy_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        const volatile vector *source = (const volatile vector *)from;
        volatile vector *place = (volatile vector *)to;
        for (size_t j = 0; j < PAGE_SIZE / sizeof(vector); j += 8) {
            vector a = source[j], b = source[j + 1], c = source[j + 2], d = source[j + 3];
            vector e = source[j + 4], f = source[j + 5], g = source[j + 6], h = source[j + 7];
            place[j] = a, place[j + 1] = b, place[j + 2] = c, place[j + 3] = d;
            place[j + 4] = e, place[j + 5] = f, place[j + 6] = g, place[j + 7] = h;
        }
    }
}

// ---- ports for each process, thread or object: contention ----

enum { CALLERS = 4, SHARED_ENTRY = 0, CONTENTION_CALLS = 20000 };

static int32_t entries[CALLERS], ports[CALLERS];
static uint32_t caller_rounds;

static void *serve(void *port) {
    uint64_t message[8], id;
    enum status status = port_receive((int32_t)(uintptr_t)port, message, 0, DEADLINE_NEVER, &id);
    while (status == STATUS_OK)
        status = port_reply_receive((int32_t)(uintptr_t)port, id, message, 0, DEADLINE_NEVER, &id);
    return 0;
}

// The peer: as many threads as callers, at one port or at one each. The entries go to the parent by message.
static void serve_ports(uint32_t parent, bool one_each) {
    struct message_options cargo = {.number_count = CALLERS};
    for (uint32_t i = 0; i < CALLERS; i++) {
        struct port_create plan = {.message_size = 64};
        uint32_t place = one_each ? i : SHARED_ENTRY;
        if (place == i)
            bench_check(port_create(&plan, &ports[i]), "making a port");
        entries[i] = place == i ? plan.entry : entries[SHARED_ENTRY];
        cargo.numbers[i] = entries[i];
        cargo.rights[i] = RIGHTS_ALL;
        struct thread *thread;
        bench_check(thread_start(serve, (void *)(uintptr_t)ports[place], 0, &thread), "starting a server");
    }
    bench_check(message_send(parent, 0, 0, &cargo, DEADLINE_NEVER, 0), "sending the entries");
    thread_sleep(DEADLINE_NEVER);
}

static void serve_one_port(uint32_t parent) {
    serve_ports(parent, false);
}

static void serve_many_ports(uint32_t parent) {
    serve_ports(parent, true);
}

static void contention_prepare(const char *peer) {
    struct message_information information;
    bench_peer_start(peer, 0, 0);
    bench_check(message_next(0, 0, &information, DEADLINE_NEVER, 0), "getting the entries");
    for (uint32_t i = 0; i < CALLERS; i++)
        entries[i] = information.numbers[i];
}

static void shared_port_prepare(void) {
    contention_prepare("ports-one");
}

static void own_ports_prepare(void) {
    contention_prepare("ports-many");
}

static void *call(void *entry) {
    uint64_t message[8] = {0};
    for (uint32_t i = 0; i < caller_rounds; i++)
        bench_check(port_call((int32_t)(uintptr_t)entry, message, 0, DEADLINE_NEVER), "calling");
    return 0;
}

// All callers at once: the time is that of one call of one of them, times the callers that share the CPUs.
static void contention_run(uint32_t rounds) {
    struct thread *threads[CALLERS];
    caller_rounds = rounds / CALLERS + 1;
    for (uint32_t i = 0; i < CALLERS; i++)
        bench_check(thread_start(call, (void *)(uintptr_t)entries[i], 0, &threads[i]), "starting a caller");
    for (uint32_t i = 0; i < CALLERS; i++)
        thread_join(threads[i], 0);
}

static void contention_finish(void) {
    bench_peer_end();
    for (uint32_t i = 0; i < CALLERS; i++)
        number_close(entries[i]);
    drain();
}

// How often a caller or server found the port's lock taken by another CPU: what the kernel counts, not what the host's timing says.
static uint32_t lock_waits(int32_t entry) {
    struct number_information information;
    char text[1024];
    size_t size = 0;
    bench_check(number_information(entry, &information), "looking at an entry");
    bench_check(object_describe(information.id, text, sizeof(text) - 1, &size), "describing an entry");
    text[size < sizeof(text) ? size : sizeof(text) - 1] = 0;
    const char *line = strstr(text, "lock waits: ");
    return line != 0 ? (uint32_t)strtoul(line + strlen("lock waits: "), 0, 10) : 0;
}

static void contention_tell(const char *what, void (*prepare)(void), uint32_t port_count) {
    uint32_t sum = 0;
    prepare();
    contention_run(CONTENTION_CALLS);
    for (uint32_t i = 0; i < port_count; i++)
        sum += lock_waits(entries[i]);
    printf("%s: %d calls, a lock was waited for %u times (%.2f in 1,000 calls)\n", what, CONTENTION_CALLS, sum,
           1000.0 * sum / CONTENTION_CALLS);
    contention_finish();
}

int bench_contention(void) {
    contention_tell("one port for 4 callers and 4 servers", shared_port_prepare, 1);
    contention_tell("a port for each of them", own_ports_prepare, CALLERS);
    return 0;
}

const struct benchmark bench_questions[] = {
    {"share_acknowledged", 1000, memory_prepare, acknowledged_run, memory_finish},
    {"share_open", 1000, memory_prepare, open_run, memory_finish},
    {"copy_4096_string", 1000, 0, string_copy_run, 0},
    {"copy_4096_sse", 1000, 0, sse_copy_run, 0},
    {"port_one_for_4_callers", 4000, shared_port_prepare, contention_run, contention_finish},
    {"port_each_for_4_callers", 4000, own_ports_prepare, contention_run, contention_finish},
    {0},
};

const struct peer peers_questions[] = {{"ports-one", serve_one_port}, {"ports-many", serve_many_ports}, {0}};
