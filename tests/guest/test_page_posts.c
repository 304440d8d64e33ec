// Pages that are sent without an answer: many on their way at once, in their order, and out of an upcall.
#include <parley/page.h>

#include "tests/guest/guest.h"

enum { TYPE = 100, PASSED_ON = 101, WINDOW = 64, MANY = 500, GIVEN_UP = PAGE_NO_ANSWER | PAGE_ABANDONED_FREE };

static volatile uint32_t arrivals, out_of_order;
static int32_t handler;

// Each page holds its number.
static size_t note(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    out_of_order += *(volatile uint32_t *)address != arrivals;
    arrivals++;
    return PAGE_ABANDON;
}

static uint64_t page_with(uint32_t number) {
    uint64_t base;
    if (memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &base) != STATUS_OK)
        return 0;
    *(volatile uint32_t *)base = number;
    return base;
}

ROLE(posts) {
    for (uint32_t i = 0; i < MANY;) {
        uint64_t page = page_with(i);
        ROLE_EXPECT(page != 0);
        enum status status = page_send(guest_parent(), TYPE, page, 1, GIVEN_UP, DEADLINE_NOW, NULL);
        ROLE_EXPECT(status == STATUS_OK || status == STATUS_LIMIT_REACHED); // so many on their way
        i += status == STATUS_OK;
        ROLE_EXPECT(memory_unmap(page, PAGE_SIZE) == STATUS_OK);
        if (status != STATUS_OK)
            thread_yield();
    }
    return 0;
}

TEST(many_pages_are_on_their_way_at_once_and_come_in_their_order) {
    struct guest_figures before = guest_figures_settled();
    arrivals = out_of_order = 0;
    EXPECT_OK(page_handle(TYPE, note, WINDOW, PAGE_HANDLER_RESTART, &handler));
    guest_expect_success(guest_start("posts", NULL));
    while (arrivals < MANY)
        EXPECT_OK(upcall_wait(0, 0, guest_soon()));
    EXPECT_EQUAL(out_of_order, 0);
    EXPECT_OK(page_handler_remove(handler, guest_soon()));
    guest_drain();
    guest_figures_forgive_tables(&before);
    before.used[ACCOUNT_MEMORY_PAGES] += WINDOW + UPCALL_STACK_SIZE / PAGE_SIZE + 2; // these stay
    const char *changed = guest_figures_changed(&before);
    if (changed != NULL)
        FAIL("%s changed", changed);
}

// ---- a flood ----

enum { FLOODED = 102, OTHERS = 50 };

ROLE(floods_with_pages) {
    for (;;) {
        uint64_t page = page_with(0);
        ROLE_EXPECT(page != 0);
        enum status status = page_send(guest_parent(), FLOODED, page, 1, GIVEN_UP, DEADLINE_NOW, NULL);
        if (status == STATUS_LIMIT_REACHED && !arrivals) {
            guest_say(guest_parent(), 1);
            arrivals = 1;
        }
        ROLE_EXPECT(status == STATUS_OK || status == STATUS_LIMIT_REACHED);
        ROLE_EXPECT(memory_unmap(page, PAGE_SIZE) == STATUS_OK);
    }
}

ROLE(sends_nothing) {
    return 0;
}

ROLE(sends_beside_a_flood) {
    for (int i = 0; i < OTHERS; i++) {
        uint64_t page = page_with(7), counts;
        ROLE_EXPECT(page != 0);
        ROLE_EXPECT(page_send(guest_parent(), FLOODED, page, 1, PAGE_SENDER_KEEPS, guest_soon(), &counts) ==
                    STATUS_NOTHING);
        ROLE_EXPECT(*(volatile uint32_t *)page == 7 && memory_unmap(page, PAGE_SIZE) == STATUS_OK);
    }
    return 0;
}

static size_t refuse(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    arrivals++;
    return PAGE_ABANDON;
}

// Who floods comes to its own limit; pages of others come through beside its own, and nothing is left of them when it is ended.
TEST(a_flood_of_pages_hits_the_limit_of_its_sender_and_others_still_send) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    guest_expect_success(guest_start("sends_nothing", NULL)); // what is kept from the first child on
    struct guest_figures before = guest_figures_settled();
    arrivals = 0;
    EXPECT_OK(page_handle(FLOODED, refuse, WINDOW, PAGE_HANDLER_RESTART, &handler));
    for (uint32_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        limits[i] = guest_account(guest_self(), i).limit;
    limits[ACCOUNT_OBJECTS] = 200;
    guest_limit(limits);
    struct spawned flooder = guest_start("floods_with_pages", NULL);
    EXPECT_EQUAL(guest_hear(flooder.process), 1);
    guest_expect_success(guest_start("sends_beside_a_flood", NULL));
    EXPECT(arrivals > OTHERS);
    guest_kill(flooder);
    EXPECT_OK(page_handler_remove(handler, guest_soon()));
    guest_drain();
    before.used[ACCOUNT_MEMORY_PAGES] += WINDOW + UPCALL_STACK_SIZE / PAGE_SIZE + 6; // these stay
    const char *changed = guest_figures_changed(&before);
    if (changed != NULL)
        FAIL("%s changed", changed);
}

// A page that came with an upcall is its sender's until the answer, so the upcall sends one of its own.
static uint64_t own_page;
static volatile enum status passed_on, waited;

static size_t pass_on(size_t pid, size_t type, void *address, size_t pages, size_t flags, size_t bytes) {
    waited = page_send((uint32_t)pid, PASSED_ON, own_page, 1, 0, DEADLINE_NEVER, NULL);
    passed_on = page_send((uint32_t)pid, PASSED_ON, own_page, 1, GIVEN_UP, DEADLINE_NEVER, NULL);
    return PAGE_ACCEPT;
}

ROLE(sends_and_gets_back) {
    uint64_t page = page_with(1);
    arrivals = out_of_order = 0;
    ROLE_EXPECT(page != 0);
    ROLE_EXPECT(page_handle(PASSED_ON, note, WINDOW, PAGE_HANDLER_RESTART, NULL) == STATUS_OK);
    ROLE_EXPECT(page_send(guest_parent(), TYPE, page, 1, 0, DEADLINE_NEVER, NULL) == STATUS_OK);
    while (arrivals == 0)
        ROLE_EXPECT(upcall_wait(0, 0, guest_soon()) == STATUS_OK);
    return out_of_order;
}

TEST(an_upcall_sends_pages_that_want_no_answer_and_no_others) {
    own_page = page_with(0);
    EXPECT_OK(page_handle(TYPE, pass_on, WINDOW, PAGE_HANDLER_RESTART, &handler));
    guest_expect_success(guest_start("sends_and_gets_back", NULL));
    EXPECT_STATUS(waited, BUSY);
    EXPECT_OK(passed_on);
    EXPECT_OK(page_handler_remove(handler, guest_soon()));
    EXPECT_OK(memory_unmap(own_page, PAGE_SIZE));
}
