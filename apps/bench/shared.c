// Measured: 64 bytes there and back through shared memory, each side sleeping on a futex until the other has written.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/memory.h>
#include <parley/start.h>
#include <string.h>

struct board {
    uint32_t request, reply; // sequence numbers, slept on
    uint8_t question[64], answer[64];
};

static struct board *board;
static int32_t memory;

static struct board *map(int32_t number) {
    uint64_t base;
    bench_check(shared_map(number, 0, PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base),
                "mapping shared memory");
    return (struct board *)base;
}

static void await(const uint32_t *word, uint32_t old) {
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == old)
        futex_wait(word, old, DEADLINE_NEVER);
}

static void post(uint32_t *word) {
    uint32_t woken;
    __atomic_fetch_add(word, 1, __ATOMIC_RELEASE);
    futex_wake(word, 1, &woken);
}

static void answer(uint32_t parent) {
    (void)parent;
    struct board *shared = map(start_grant_number("board"));
    for (uint32_t seen = 0;; seen++) {
        await(&shared->request, seen);
        memcpy(shared->answer, shared->question, sizeof(shared->answer));
        post(&shared->reply);
    }
}

static void prepare(void) {
    bench_check(shared_create(PAGE_SIZE, &memory), "making shared memory");
    board = map(memory);
    struct spawn_grant grant = {"board", memory, RIGHTS_ALL, 0};
    bench_peer_start("shared", &grant, 1);
}

static void run(uint32_t rounds) {
    uint8_t text[64] = "sixty-four bytes of a question";
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t old = board->reply;
        memcpy(board->question, text, sizeof(text));
        post(&board->request);
        await(&board->reply, old);
        memcpy(text, board->answer, sizeof(text));
    }
}

static void finish(void) {
    EVENT got;
    bench_peer_end();
    memory_unmap((uint64_t)board, PAGE_SIZE);
    number_close(memory);
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

const struct benchmark bench_shared[] = {{"shared_memory_round_trip_64", 5000, prepare, run, finish}, {0}};

const struct peer peers_shared[] = {{"shared", answer}, {0}};
