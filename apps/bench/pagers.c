// Measured: a page fault that a memory daemon serves: told by link, the page copied from the daemon's own memory.
#include "apps/bench/bench.h"

#include <parley/event.h>
#include <parley/link.h>
#include <parley/memory.h>
#include <parley/message.h>

enum { PAGES = 4096 };

static volatile uint8_t *pages;
static uint32_t next_page;
static int32_t memory;

// The daemon: makes the memory, sends it to the parent, and answers each fault with the same page.
static void answer(uint32_t parent) {
    static _Alignas(PAGE_SIZE) uint8_t content[PAGE_SIZE] = {1};
    struct link_create plan = {0};
    struct pager_create wish = {.size = PAGES * PAGE_SIZE};
    struct message_options options = {.number_count = 1, .rights = {RIGHTS_ALL}};
    struct link_fault fault;
    int32_t link;
    bench_check(link_create(&plan, &link), "making the daemon's link");
    wish.link = plan.other;
    bench_check(pager_create(&wish, &options.numbers[0]), "making paged memory");
    bench_check(message_send(parent, "m", 1, &options, DEADLINE_NEVER, 0), "sending it");
    while (link_poll(link, DEADLINE_NEVER, 0) == STATUS_OK) {
        link_read(link, &fault);
        pager_supply(options.numbers[0], fault.page, content);
    }
}

static void prepare(void) {
    struct message_information information;
    char byte;
    uint64_t base;
    bench_peer_start("pager", 0, 0);
    bench_check(message_next(&byte, 1, &information, DEADLINE_NEVER, 0), "hearing of the daemon");
    memory = information.numbers[0];
    bench_check(shared_map(memory, 0, PAGES * PAGE_SIZE, PROTECTION_READ, 0, 0, &base), "mapping paged memory");
    pages = (volatile uint8_t *)base;
    next_page = 0;
}

static void run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; i++)
        (void)pages[(uint64_t)(next_page++ % PAGES) * PAGE_SIZE];
}

static void finish(void) {
    EVENT got;
    memory_unmap((uint64_t)pages, PAGES * PAGE_SIZE);
    number_close(memory);
    bench_peer_end();
    while (event_get(&got, 0) == STATUS_OK)
        ;
}

const struct benchmark bench_pagers[] = {{"page_fault_daemon", 700, prepare, run, finish}, {0}};

const struct peer peers_pagers[] = {{"pager", answer}, {0}};
