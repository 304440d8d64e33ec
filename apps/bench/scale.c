// Measured: whether a call stays as cheap when there are many other objects of its kind.
#include "apps/bench/bench.h"

#include <parley/link.h>
#include <parley/memory.h>
#include <parley/message.h>
#include <parley/pipe.h>
#include <parley/port.h>

enum { MANY = 10000, SOME = 100, MESSAGES = 400 };

static int32_t held[MANY];
static uint32_t held_count;
static int32_t to, from;

typedef void make_pair(int32_t *to, int32_t *from);

static void make_pipe(int32_t *sender, int32_t *receiver) {
    struct pipe_create parameters = {.mode = PIPE_SEND};
    bench_check(pipe_create(&parameters, sender), "making a pipe");
    *receiver = parameters.other;
}

static void make_port(int32_t *entry, int32_t *port) {
    struct port_create parameters = {.message_size = 64, .scope = PORT_OF_OBJECT};
    bench_check(port_create(&parameters, port), "making a port");
    *entry = parameters.entry;
}

static void make_link(int32_t *end, int32_t *other) {
    struct link_create parameters = {0};
    bench_check(link_create(&parameters, end), "making a link");
    *other = parameters.other;
}

// Pairs of so many objects, and one more, which is used.
static void hold(make_pair *make, uint32_t count) {
    for (held_count = 0; held_count < count; held_count += 2)
        make(&held[held_count], &held[held_count + 1]);
    make(&to, &from);
}

static void pipe_run(uint32_t rounds) {
    uint8_t byte[64] = {0};
    size_t done;
    for (uint32_t i = 0; i < rounds; i++) {
        pipe_write(to, byte, sizeof(byte), DEADLINE_NEVER, &done);
        pipe_read(from, byte, sizeof(byte), DEADLINE_NEVER, &done);
    }
}

static void drop(void) {
    number_close(to);
    number_close(from);
    while (held_count > 0)
        number_close(held[--held_count]);
}

static void pipes_some(void) {
    hold(make_pipe, SOME);
}

static void pipes_many(void) {
    hold(make_pipe, MANY);
}

// ---- ports and links: a message to oneself through one of many ----

static void ports_some(void) {
    hold(make_port, SOME);
}

static void ports_many(void) {
    hold(make_port, MANY);
}

static void port_run(uint32_t rounds) {
    uint64_t message[64 / sizeof(uint64_t)] = {0};
    for (uint32_t i = 0; i < rounds; i++) {
        port_send(to, message, 0, DEADLINE_NOW, 0);
        port_receive(from, message, 0, DEADLINE_NOW, 0);
    }
}

static void links_none(void) {
    hold(make_link, 0);
}

static void links_some(void) {
    hold(make_link, SOME);
}

static void links_many(void) {
    hold(make_link, MANY);
}

static void link_run(uint32_t rounds) {
    uint64_t words[LINK_SIZE / sizeof(uint64_t)] = {0};
    for (uint32_t i = 0; i < rounds; i++) {
        link_write(to, words, LINK_SIGNAL);
        link_poll(from, DEADLINE_NOW, 0);
        link_read(from, words);
    }
}

// ---- messages: the newest of many is taken by its id ----

static void messages_hold(void) {
    uint32_t id;
    for (held_count = 0; held_count < MESSAGES; held_count++) {
        bench_check(message_send(bench_self(), "", 0, 0, DEADLINE_NOW, &id), "sending");
        held[held_count] = (int32_t)id;
    }
}

static void message_run(uint32_t rounds) {
    uint8_t block[64] = {0};
    uint32_t id;
    size_t got;
    for (uint32_t i = 0; i < rounds; i++) {
        message_send(bench_self(), block, sizeof(block), 0, DEADLINE_NOW, &id);
        message_receive(id, block, sizeof(block), 0, &got);
    }
}

static void messages_drop(void) {
    while (held_count > 0)
        message_scrap((uint32_t)held[--held_count]);
}

// ---- shared memory: one of many is mapped and unmapped ----

static void hold_shared(uint32_t count) {
    for (held_count = 0; held_count < count; held_count++)
        bench_check(shared_create(PAGE_SIZE, &held[held_count]), "making shared memory");
    bench_check(shared_create(PAGE_SIZE, &to), "making shared memory");
    bench_check(shared_create(PAGE_SIZE, &from), "making shared memory");
}

static void shared_none(void) {
    hold_shared(0);
}

static void shared_some(void) {
    hold_shared(SOME);
}

static void shared_many(void) {
    hold_shared(MANY);
}

static void shared_run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++) {
        uint64_t base;
        shared_map(to, 0, PAGE_SIZE, PROTECTION_READ, 0, 0, &base);
        memory_unmap(base, PAGE_SIZE);
    }
}

const struct benchmark bench_scale[] = {
    {"pipe_self_64_beside_100", 5000, pipes_some, pipe_run, drop},
    {"pipe_self_64_beside_10000", 5000, pipes_many, pipe_run, drop},
    {"port_self_64_beside_100", 5000, ports_some, port_run, drop},
    {"port_self_64_beside_10000", 5000, ports_many, port_run, drop},
    {"link_self", 5000, links_none, link_run, drop},
    {"link_self_beside_100", 5000, links_some, link_run, drop},
    {"link_self_beside_10000", 5000, links_many, link_run, drop},
    {"message_self_64_beside_400", 5000, messages_hold, message_run, messages_drop},
    {"shared_map_unmap", 2000, shared_none, shared_run, drop},
    {"shared_map_unmap_beside_100", 2000, shared_some, shared_run, drop},
    {"shared_map_unmap_beside_10000", 2000, shared_many, shared_run, drop},
    {0},
};
