// Paged memory: pages that come by link from another program, and what befalls who touches them when they do not come.
#include "tests/guest/guest.h"

#include <parley/link.h>

enum { PAGES = 16, REFUSED_PAGE = 13 };

static _Alignas(PAGE_SIZE) uint8_t content[PAGE_SIZE];

static enum status make_paged(uint64_t patience, int32_t *link, int32_t *memory) {
    struct link_create plan = {0};
    *link = *memory = NUMBER_NONE;
    enum status status = link_create(&plan, link);
    struct pager_create wish = {.size = PAGES * PAGE_SIZE, .patience = patience, .link = plan.other};
    return status == STATUS_OK ? pager_create(&wish, memory) : status;
}

static void give_memory(uint32_t process, int32_t memory) {
    struct message_options options = {.number_count = 1, .numbers = {memory}, .rights = {RIGHTS_ALL}};
    message_send(process, "m", 1, &options, guest_soon(), NULL);
}

static uint8_t *take_memory(int32_t *memory) {
    struct message_information information;
    char byte;
    uint64_t base;
    EXPECT_OK(message_next(&byte, 1, &information, guest_soon(), NULL));
    EXPECT_EQUAL(information.number_count, 1);
    *memory = information.numbers[0];
    EXPECT_OK(shared_map(*memory, 0, PAGES * PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, 0, &base));
    return (uint8_t *)base;
}

// ---- a daemon that answers ----

ROLE(fills_each_page_with_its_index) {
    int32_t link, memory;
    struct link_fault fault;
    ROLE_EXPECT(make_paged(0, &link, &memory) == STATUS_OK);
    give_memory(guest_parent(), memory);
    while (link_poll(link, DEADLINE_NEVER, NULL) == STATUS_OK) {
        ROLE_EXPECT(link_read(link, &fault) == STATUS_OK);
        memset(content, (int)fault.page, PAGE_SIZE);
        enum status status =
            fault.page == REFUSED_PAGE ? pager_refuse(memory, fault.page) : pager_supply(memory, fault.page, content);
        ROLE_EXPECT(status == STATUS_OK || status == STATUS_EXISTS);
    }
    return 0;
}

TEST(touched_pages_come_from_the_daemon_and_stay) {
    struct spawned daemon = guest_start("fills_each_page_with_its_index", NULL);
    int32_t memory;
    uint8_t *pages = take_memory(&memory);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < PAGES; i++)
            if (i != REFUSED_PAGE)
                for (int k = 0; k < PAGE_SIZE; k += 511)
                    EXPECT_EQUAL(pages[i * PAGE_SIZE + k], i);
    pages[5] = 77;
    EXPECT_EQUAL(pages[5], 77);
    (void)daemon;
    EXPECT_OK(memory_unmap((uint64_t)pages, PAGES * PAGE_SIZE));
    EXPECT_OK(number_close(memory));
}

TEST(a_private_copy_of_paged_memory_comes_from_the_daemon_too) {
    guest_start("fills_each_page_with_its_index", NULL);
    int32_t memory;
    uint64_t copy;
    uint8_t *pages = take_memory(&memory);
    EXPECT_OK(shared_map(memory, 0, PAGES * PAGE_SIZE, PROTECTION_WRITE, 0, MAP_COPY, &copy));
    ((uint8_t *)copy)[3 * PAGE_SIZE] = 99;
    EXPECT_EQUAL(((uint8_t *)copy)[3 * PAGE_SIZE + 1], 3);
    EXPECT_EQUAL(((uint8_t *)copy)[4 * PAGE_SIZE + 1], 4);
    EXPECT_EQUAL(pages[3 * PAGE_SIZE], 3);
    EXPECT_OK(memory_unmap(copy, PAGES * PAGE_SIZE));
    EXPECT_OK(memory_unmap((uint64_t)pages, PAGES * PAGE_SIZE));
    EXPECT_OK(number_close(memory));
}

TEST(a_call_that_copies_waits_for_the_page_and_says_BAD_ADDRESS_where_it_is_refused) {
    guest_start("fills_each_page_with_its_index", NULL);
    int32_t memory;
    uint32_t id;
    uint8_t *pages = take_memory(&memory), got[16];
    EXPECT_OK(message_send(guest_self(), pages + 6 * PAGE_SIZE, sizeof(got), NULL, DEADLINE_NOW, &id));
    EXPECT_OK(message_receive(id, got, sizeof(got), NULL, NULL));
    EXPECT_EQUAL(got[15], 6);
    EXPECT_STATUS(message_send(guest_self(), pages + REFUSED_PAGE * PAGE_SIZE, 16, NULL, DEADLINE_NOW, &id),
                  BAD_ADDRESS);
    EXPECT_OK(memory_unmap((uint64_t)pages, PAGES * PAGE_SIZE));
    EXPECT_OK(number_close(memory));
}

static uint8_t *shared_pages;

static void *touches_all(void *argument) {
    uint64_t sum = 0;
    for (int i = 0; i < REFUSED_PAGE; i++)
        sum += shared_pages[i * PAGE_SIZE];
    return (void *)(sum == REFUSED_PAGE * (REFUSED_PAGE - 1) / 2 ? NULL : argument);
}

TEST(many_threads_that_touch_the_same_pages_all_get_them) {
    guest_start("fills_each_page_with_its_index", NULL);
    int32_t memory;
    struct thread *threads[8];
    void *failed;
    shared_pages = take_memory(&memory);
    for (int i = 0; i < 8; i++)
        EXPECT_OK(thread_start(touches_all, &memory, NULL, &threads[i]));
    for (int i = 0; i < 8; i++) {
        EXPECT_OK(thread_join(threads[i], &failed));
        EXPECT(failed == NULL);
    }
    EXPECT_OK(memory_unmap((uint64_t)shared_pages, PAGES * PAGE_SIZE));
    EXPECT_OK(number_close(memory));
}

// ---- R-C7: daemons that do not answer cost only those who touched ----

ROLE(touches_a_page_of_its_parents) {
    uint64_t base;
    if (shared_map(guest_granted("memory"), 0, PAGES * PAGE_SIZE, PROTECTION_READ, 0, 0, &base) != STATUS_OK)
        return __LINE__;
    return *(volatile uint8_t *)base == 0 ? 0 : 1;
}

static struct spawned start_toucher(uint64_t patience, int32_t *link, int32_t *memory) {
    EXPECT_OK(make_paged(patience, link, memory));
    guest_grant("memory", *memory, RIGHTS_ALL);
    return guest_start("touches_a_page_of_its_parents", NULL);
}

TEST(R_C7_who_touches_a_page_of_a_silent_daemon_is_ended_when_its_patience_is_over) {
    int32_t link, memory;
    struct spawned child = start_toucher(20 * NANOSECONDS_PER_MILLISECOND, &link, &memory);
    struct process_end end = guest_await(child);
    EXPECT_EQUAL(end.reason, END_FAULTED);
    EXPECT_OK(number_close(memory));
    EXPECT_STATUS(link_poll(link, guest_soon(), NULL), OK); // the fault was told
    EXPECT_STATUS(link_poll(link, guest_soon(), NULL), PEER_DIED);
    EXPECT_OK(number_close(link));
}

TEST(R_C7_the_daemons_end_is_told_to_who_waits_and_the_wait_is_seen) {
    int32_t link, memory;
    struct spawned child = start_toucher(0, &link, &memory);
    struct wait_information record = guest_await_wait(child.process, WAIT_PAGE);
    EXPECT_EQUAL(record.kind, OBJECT_PAGER);
    EXPECT_EQUAL(record.wakers[0], guest_self());
    EXPECT_OK(number_close(link));
    EXPECT_EQUAL(guest_await(child).reason, END_FAULTED);
    EXPECT_OK(number_close(memory));
}

TEST(killing_who_waits_for_a_page_leaves_the_daemon_serving_others) {
    int32_t link, memory;
    struct link_fault fault;
    struct spawned first = start_toucher(0, &link, &memory);
    guest_await_wait(first.process, WAIT_PAGE);
    guest_kill(first);
    guest_grant("memory", memory, RIGHTS_ALL);
    struct spawned second = guest_start("touches_a_page_of_its_parents", NULL);
    guest_await_wait(second.process, WAIT_PAGE);
    EXPECT_OK(link_poll(link, guest_soon(), NULL));
    EXPECT_OK(link_read(link, &fault));
    EXPECT_EQUAL(fault.page, 0);
    EXPECT_EQUAL(fault.process, second.process);
    memset(content, 0, PAGE_SIZE);
    EXPECT_OK(pager_supply(memory, 0, content));
    EXPECT_STATUS(pager_supply(memory, 0, content), EXISTS);
    guest_expect_success(second);
    EXPECT_OK(number_close(memory));
    EXPECT_OK(number_close(link));
}

// ---- R-C6 ----

TEST(R_C6_a_pager_cannot_map_its_own_memory_nor_that_of_a_later_one) {
    int32_t link, memory, other;
    uint64_t base;
    EXPECT_OK(make_paged(0, &link, &memory));
    EXPECT_STATUS(shared_map(memory, 0, PAGE_SIZE, PROTECTION_READ, 0, 0, &base), DEADLOCK);
    guest_start("fills_each_page_with_its_index", NULL);
    struct message_information information;
    char byte;
    EXPECT_OK(message_next(&byte, 1, &information, guest_soon(), NULL));
    other = information.numbers[0];
    EXPECT_STATUS(shared_map(other, 0, PAGE_SIZE, PROTECTION_READ, 0, 0, &base), DEADLOCK);
    EXPECT_OK(number_close(other));
    EXPECT_OK(number_close(memory));
    EXPECT_OK(number_close(link));
}

TEST(wrong_pages_and_wrong_memory_are_refused) {
    int32_t link, memory, plain;
    EXPECT_OK(make_paged(0, &link, &memory));
    EXPECT_OK(shared_create(PAGE_SIZE, &plain));
    EXPECT_STATUS(pager_supply(memory, PAGES, content), INVALID_ARGUMENT);
    EXPECT_STATUS(pager_supply(memory, UINT64_MAX, content), INVALID_ARGUMENT);
    EXPECT_STATUS(pager_refuse(memory, PAGES), INVALID_ARGUMENT);
    EXPECT_STATUS(pager_supply(plain, 0, content), INVALID_ARGUMENT);
    EXPECT_STATUS(pager_refuse(plain, 0), INVALID_ARGUMENT);
    EXPECT_OK(pager_refuse(memory, 3)); // nobody waits for it
    EXPECT_OK(number_close(plain));
    EXPECT_OK(number_close(memory));
    EXPECT_OK(number_close(link));
}

// ---- R-I5: what a pager would have to bring holds up nobody else ----

enum { FOR_READING = 'r', FOR_WRITING = 'w' };

// Hands a page of its parent's to a pipe.
ROLE(hands_a_paged_buffer_to_a_pipe) {
    uint64_t base;
    size_t done;
    int32_t pipe = guest_granted("pipe");
    ROLE_EXPECT(shared_map(guest_granted("memory"), 0, PAGES * PAGE_SIZE, PROTECTION_READ | PROTECTION_WRITE, 0, 0,
                           &base) == STATUS_OK);
    enum status status = arguments[0][0] == FOR_READING ? pipe_read(pipe, (void *)base, 4, guest_soon(), &done)
                                                        : pipe_write(pipe, (const void *)base, 4, guest_soon(), &done);
    return status == STATUS_OK && done == 4 ? 0 : __LINE__;
}

static struct spawned start_with_pipe(const char *what, int32_t *memory, int32_t *link, struct pipe_create *plan,
                                      int32_t *end) {
    EXPECT_OK(make_paged(0, link, memory));
    plan->mode = PIPE_POOL;
    EXPECT_OK(pipe_create(plan, end));
    guest_grant("memory", *memory, RIGHTS_ALL);
    guest_grant("pipe", plan->other, RIGHTS_ALL);
    return guest_start("hands_a_paged_buffer_to_a_pipe", what, NULL);
}

TEST(R_I5_who_waits_for_a_page_to_write_to_a_pipe_does_not_keep_others_from_writing) {
    struct pipe_create plan = {0};
    int32_t link, memory, end;
    size_t done;
    char bytes[8];
    struct spawned child = start_with_pipe("w", &memory, &link, &plan, &end);
    guest_await_wait(child.process, WAIT_PAGE);
    EXPECT_OK(pipe_write(plan.other, "mine", 4, guest_soon(), &done));
    EXPECT_OK(pipe_read(end, bytes, sizeof(bytes), guest_soon(), &done));
    EXPECT_EQUAL(done, 4);
    memcpy(content, "late", 5);
    EXPECT_OK(pager_supply(memory, 0, content));
    guest_expect_success(child);
    EXPECT_OK(pipe_read(end, bytes, sizeof(bytes), guest_soon(), &done));
    EXPECT(done == 4 && memcmp(bytes, "late", 4) == 0);
    EXPECT_OK(number_close(plan.other));
    EXPECT_OK(number_close(end));
    EXPECT_OK(number_close(memory));
    EXPECT_OK(number_close(link));
}

TEST(R_I5_who_waits_for_a_page_to_read_from_a_pipe_leaves_the_bytes_to_others) {
    struct pipe_create plan = {0};
    int32_t link, memory, end;
    size_t done;
    char bytes[8];
    struct spawned child = start_with_pipe("r", &memory, &link, &plan, &end);
    guest_await_wait(child.process, WAIT_PIPE_DATA);
    EXPECT_OK(pipe_write(end, "once", 4, guest_soon(), &done));
    guest_await_wait(child.process, WAIT_PAGE);
    EXPECT_OK(pipe_read(plan.other, bytes, sizeof(bytes), guest_soon(), &done));
    EXPECT_EQUAL(done, 4);
    EXPECT_OK(pager_supply(memory, 0, content));
    guest_await_wait(child.process, WAIT_PIPE_DATA);
    EXPECT_OK(pipe_write(end, "more", 4, guest_soon(), &done));
    guest_expect_success(child);
    EXPECT_OK(number_close(plan.other));
    EXPECT_OK(number_close(end));
    EXPECT_OK(number_close(memory));
    EXPECT_OK(number_close(link));
}

ROLE(hands_a_refused_page_to_a_pipe) {
    int32_t memory, end;
    struct pipe_create plan = {.mode = PIPE_POOL};
    size_t done;
    char bytes[8];
    guest_start("fills_each_page_with_its_index", NULL);
    uint8_t *pages = take_memory(&memory), *refused = pages + REFUSED_PAGE * PAGE_SIZE;
    ROLE_EXPECT(pipe_create(&plan, &end) == STATUS_OK);
    ROLE_EXPECT(pipe_write(end, refused, 4, guest_soon(), &done) == STATUS_BAD_ADDRESS);
    ROLE_EXPECT(pipe_write(end, pages + 5 * PAGE_SIZE, 4, guest_soon(), &done) == STATUS_OK);
    ROLE_EXPECT(pipe_read(plan.other, refused, 4, guest_soon(), &done) == STATUS_BAD_ADDRESS);
    ROLE_EXPECT(pipe_read(plan.other, bytes, sizeof(bytes), guest_soon(), &done) == STATUS_OK);
    return done == 4 && bytes[3] == 5 ? 0 : __LINE__;
}

TEST(R_I5_a_pipe_that_is_handed_a_refused_page_says_BAD_ADDRESS_and_goes_on) {
    guest_expect_success(guest_start("hands_a_refused_page_to_a_pipe", NULL));
}
