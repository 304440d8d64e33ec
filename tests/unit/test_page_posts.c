// Tests of pages that are sent without an answer (PAGE_NO_ANSWER): given up at once, bounded, and freed where nobody takes them.
#include <criterion/criterion.h>

#include "ipc/page.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/pages.h"
#include "tests/unit/host/upcall.h"

TestSuite(page_posts, .init = host_start, .fini = host_finish);

enum { TYPE = 100, WINDOW = 4, BYTE = 0x41, GIVEN_UP = PAGE_NO_ANSWER | PAGE_ABANDONED_FREE };

#define PLACE (UINT64_C(1) << 33)

static struct process *from, *to;
static uint64_t answer, address, number;
static uint32_t arrivals;

static uint64_t take(uint64_t process, uint64_t type, uint64_t where, uint64_t pages, uint64_t flags, uint64_t bytes) {
    (void)process;
    (void)type;
    (void)pages;
    (void)flags;
    (void)bytes;
    address = where;
    arrivals++;
    return answer;
}

static void receive(void *unused) {
    (void)unused;
    call_upcall_set(USER(receive), 0x10000, 0x1000);
    number = call_page_handler(TYPE, USER(take), 0, WINDOW, PAGE_HANDLER_RESTART).value;
    for (;;) {
        call_upcall_wait(0, 0, DEADLINE_NEVER);
        thread_before_user();
    }
}

static void make(void) {
    from = host_process("from");
    to = host_process("to");
    answer = PAGE_ACCEPT;
    arrivals = 0;
    fiber_start(to, receive, 0);
    host_page_make(from, PLACE, BYTE);
}

static struct result post(uint32_t flags) {
    return AS(from, page_send, to->id, TYPE, PLACE, 1, flags, DEADLINE_NOW);
}

static enum host_page_state state_at(struct process *process, uint64_t where) {
    uint8_t byte = 0;
    return host_page_at(process, where, &byte);
}

Test(page_posts, the_sender_goes_on_before_anybody_took_them) {
    make();
    uint64_t before = from->account->lines[ACCOUNT_OBJECTS].used;
    struct result result = post(GIVEN_UP);
    cr_assert_eq(result.status, STATUS_OK);
    cr_assert_eq(result.value, 0);
    cr_assert_eq(arrivals, 0);
    cr_assert_eq(state_at(from, PLACE), HOST_PAGE_GONE);
    cr_assert_eq(from->account->lines[ACCOUNT_OBJECTS].used, before + 1);
    fiber_run_all();
    uint8_t byte = 0;
    cr_assert_eq(arrivals, 1);
    cr_assert_eq(host_page_at(to, address, &byte), HOST_PAGE_THERE);
    cr_assert_eq(byte, BYTE);
    cr_assert_eq(from->account->lines[ACCOUNT_OBJECTS].used, before);
}

Test(page_posts, what_is_abandoned_is_nobodys) {
    make();
    answer = PAGE_ABANDON;
    uint64_t before = from->account->lines[ACCOUNT_MEMORY_PAGES].used;
    cr_assert_eq(post(GIVEN_UP).status, STATUS_OK);
    fiber_run_all();
    cr_assert_eq(arrivals, 1);
    cr_assert_eq(state_at(to, address), HOST_PAGE_NONE);
    cr_assert_eq(state_at(from, PLACE), HOST_PAGE_GONE);
    cr_assert_eq(from->account->lines[ACCOUNT_MEMORY_PAGES].used, before - 1);
}

Test(page_posts, a_duplicate_leaves_the_sender_its_own) {
    make();
    cr_assert_eq(post(PAGE_NO_ANSWER | PAGE_DUPLICATE | PAGE_SENDER_KEEPS).status, STATUS_OK);
    fiber_run_all();
    cr_assert_eq(state_at(from, PLACE), HOST_PAGE_THERE);
    cr_assert_eq(state_at(to, address), HOST_PAGE_THERE);
}

Test(page_posts, they_are_bounded_by_the_limit_on_objects_and_stay_then) {
    make();
    struct account_line *line = &from->account->lines[ACCOUNT_OBJECTS];
    line->limit = line->used;
    cr_assert_eq(post(GIVEN_UP).status, STATUS_LIMIT_REACHED);
    cr_assert_eq(state_at(from, PLACE), HOST_PAGE_THERE);
}

Test(page_posts, a_handler_that_goes_has_them_freed) {
    make();
    uint64_t objects = from->account->lines[ACCOUNT_OBJECTS].used;
    uint64_t pages = from->account->lines[ACCOUNT_MEMORY_PAGES].used;
    cr_assert_eq(post(GIVEN_UP).status, STATUS_OK);
    host_be(to);
    cr_assert_eq(number_close(&to->numbers, (int32_t)number), STATUS_OK);
    fiber_run_all();
    cr_assert_eq(arrivals, 0);
    cr_assert_eq(state_at(from, PLACE), HOST_PAGE_GONE);
    cr_assert_eq(from->account->lines[ACCOUNT_OBJECTS].used, objects);
    cr_assert_eq(from->account->lines[ACCOUNT_MEMORY_PAGES].used, pages - 1);
}

Test(page_posts, they_outlive_their_sender) {
    make();
    cr_assert_eq(post(GIVEN_UP).status, STATUS_OK);
    host_process_end(from);
    fiber_run_all();
    cr_assert_eq(arrivals, 1);
    cr_assert_eq(state_at(to, address), HOST_PAGE_THERE);
}

Test(page_posts, a_receiver_that_ended_frees_them) {
    make();
    uint64_t objects = from->account->lines[ACCOUNT_OBJECTS].used;
    cr_assert_eq(post(GIVEN_UP).status, STATUS_OK);
    uint32_t id = to->id;
    host_process_end(to);
    cr_assert_eq(from->account->lines[ACCOUNT_OBJECTS].used, objects);
    struct result again = AS(from, page_send, id, TYPE, PLACE, 1, GIVEN_UP, DEADLINE_NOW);
    cr_assert_eq(again.status, STATUS_NOT_FOUND);
}

Test(page_posts, no_more_than_the_window_holds_is_on_its_way_where_that_is_asked) {
    const uint32_t flags = PAGE_NO_ANSWER | PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_IF_ROOM;
    make();
    for (int i = 0; i < WINDOW; i++)
        cr_assert_eq(post(flags).status, STATUS_OK);
    uint64_t pages = from->account->lines[ACCOUNT_MEMORY_PAGES].used;
    cr_assert_eq(post(flags).status, STATUS_PEER_FULL);
    cr_assert_eq(from->account->lines[ACCOUNT_MEMORY_PAGES].used, pages);
    cr_assert_eq(post(flags & ~(uint32_t)PAGE_IF_ROOM).status, STATUS_OK);
    fiber_run_all();
    cr_assert_eq(arrivals, WINDOW); // the last one found no room
    cr_assert_eq(post(flags).status, STATUS_OK);
    cr_assert_eq(post(flags & ~(uint32_t)PAGE_NO_ANSWER).status, STATUS_INVALID_ARGUMENT);
}

Test(page_posts, flags_that_want_the_pages_back_or_many_receivers_are_refused) {
    make();
    cr_assert_eq(post(PAGE_NO_ANSWER).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(post(PAGE_NO_ANSWER | PAGE_DUPLICATE).status, STATUS_INVALID_ARGUMENT);
    uint32_t flags = GIVEN_UP | PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_TO_ALL;
    cr_assert_eq(AS(from, page_send, 0, TYPE, PLACE, 1, flags, DEADLINE_NOW).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(from, page_send, to->id, 10, 0, 0, PAGE_NO_ANSWER | PAGE_ABANDONED_FREE, DEADLINE_NOW).status,
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(state_at(from, PLACE), HOST_PAGE_THERE);
}

static enum status post_kept(void *context) {
    (void)context;
    return (enum status)post(PAGE_NO_ANSWER | PAGE_DUPLICATE | PAGE_SENDER_KEEPS).status;
}

static void run_receiver(void *context) {
    (void)context;
    fiber_run_all();
}

Test(page_posts, without_memory_nothing_is_sent) {
    make();
    answer = PAGE_ABANDON;
    struct host_operation operation = {post_kept, run_receiver, 0};
    cr_assert_eq(host_fail_each_allocation(&operation), 2); // the transfer, and the page that the host copies
    cr_assert_eq(state_at(from, PLACE), HOST_PAGE_THERE);
}
