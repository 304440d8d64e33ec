// Measured: a page there and back between two processes, each interrupted by it; a round is one way.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/page.h>
#include <stdbool.h>

enum { TYPE = 100, WINDOW = 4 };

static uint32_t other;
static int32_t handler;
static uint64_t page;      // what is sent next
static uint64_t arrived;   // what came last; 0: nothing yet
static bool duplicates;    // else pages move
static uint64_t duplicate; // the last that came, which is freed when the next does

static size_t take(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    (void)type;
    (void)pages;
    (void)bytes;
    other = (uint32_t)pid;
    duplicates = flags & PAGE_DUPLICATE;
    if (duplicate)
        page_free(duplicate, 1);
    duplicate = duplicates ? (uint64_t)address : 0;
    arrived = (uint64_t)address;
    return PAGE_ACCEPT;
}

static bool has_arrived(void) {
    return *(volatile uint64_t *)&arrived;
}

// Mostly it came on the way back from the page_send before.
static void await(void) {
    if (!has_arrived()) {
        upcall_mask(UPCALL_MASK_PAGES, 0);
        while (!has_arrived())
            upcall_wait(0, 0, DEADLINE_NEVER);
        upcall_mask(0, 0);
    }
    if (!duplicates)
        page = arrived;
    arrived = 0;
}

static void send(void) {
    uint32_t flags = duplicates ? PAGE_DUPLICATE | PAGE_SENDER_KEEPS : 0;
    page_send(other, TYPE, page, 1, flags | PAGE_RECEIVER_WRITES, DEADLINE_NEVER, 0);
}

static void start(void) {
    bench_check(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &page), "mapping");
    *(volatile uint64_t *)page = 1;
    bench_check(page_handle(TYPE, take, WINDOW, PAGE_HANDLER_RESTART, &handler), "making a handler");
}

static void answer(uint32_t parent) {
    start();
    other = parent;
    duplicates = true;
    send(); // says that the handler is there
    for (;;) {
        await();
        send();
    }
}

static void prepare(void) {
    arrived = 0;
    duplicate = 0;
    start();
    bench_peer_start("page", 0, 0);
    await();
}

static void move_prepare(void) {
    prepare();
    duplicates = false;
}

static void run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i += 2) {
        send();
        await();
    }
}

static void finish(void) {
    EVENT got;
    bench_peer_end();
    bench_check(page_handler_remove(handler, DEADLINE_NEVER), "removing the handler");
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

const struct benchmark bench_pages[] = {
    {"page_move", 5000, move_prepare, run, finish},
    {"page_duplicate", 5000, prepare, run, finish},
    {0},
};

const struct peer peers_pages[] = {{"page", answer}, {0}};
