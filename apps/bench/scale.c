// Measured: whether a call stays as cheap when there are many other objects of its kind.
#include "apps/bench/bench.h"

#include <parley/memory.h>
#include <parley/message.h>
#include <parley/pipe.h>

enum { MANY = 10000, SOME = 100, MESSAGES = 400 };

static int32_t held[MANY];
static uint32_t held_count;
static int32_t to, from;

static void hold_pipes(uint32_t count) {
    for (held_count = 0; held_count < count; held_count += 2) {
        struct pipe_create parameters = {.mode = PIPE_SEND};
        bench_check(pipe_create(&parameters, &held[held_count]), "making pipes");
        held[held_count + 1] = parameters.other;
    }
    struct pipe_create parameters = {.mode = PIPE_SEND};
    bench_check(pipe_create(&parameters, &to), "making a pipe");
    from = parameters.other;
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
    hold_pipes(SOME);
}

static void pipes_many(void) {
    hold_pipes(MANY);
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
    {"message_self_64_beside_400", 5000, messages_hold, message_run, messages_drop},
    {"shared_map_unmap", 2000, shared_none, shared_run, drop},
    {"shared_map_unmap_beside_10000", 2000, shared_many, shared_run, drop},
    {0},
};
