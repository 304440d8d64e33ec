// Interfaces: ready pages, corrected pointers, shared routines, exchanges without the kernel, what a flipping client can do.
#include <parley/trace.h>

#include "tests/guest/interface_server.h"

typedef uint64_t add_routine(uint64_t *count, uint64_t amount);

static struct trial_request reply_to(struct trial_page *page, const struct trial_request *request) {
    struct trial_request reply;
    EXPECT_OK(exchange_call(&page->exchange, request, &reply, guest_soon()));
    EXPECT_EQUAL(reply.operation, request->operation);
    return reply;
}

// ---- ready ----

TEST(a_page_is_not_ready_until_its_server_has_filled_it) {
    struct interface_register wish = {.id = TRIAL_ID, .version = 7, .data_size = 100, .clients = 1, .text = "own"};
    int32_t number;
    uint64_t base;
    struct interface_peer peer;
    EXPECT_OK(interface_register(&wish, &number));
    EXPECT_OK(interface_request(TRIAL_ID, 7, 0, &base));
    const struct interface_page *page = (const struct interface_page *)base;
    EXPECT_EQUAL(page->ready, INTERFACE_NOT_READY);
    EXPECT_EQUAL(page->offset_low | (uint64_t)page->offset_high << 32, base);
    EXPECT_STATUS(interface_await_ready(page, TRIAL_ID, guest_shortly()), TIMED_OUT);
    EVENT event = guest_next_event(EVENT_INTERFACE, NULL);
    EXPECT_OK(interface_accept((int32_t)event.Data1, &peer));
    EXPECT_EQUAL(peer.about.offset, base);
    EXPECT_EQUAL(interface_corrected(&peer, peer.pages + 20), base + 20);
    EXPECT_EQUAL(interface_routine(&peer, 0), 0);
    interface_set_ready(&peer);
    EXPECT_OK(interface_await_ready(page, TRIAL_ID, DEADLINE_NOW));
    EXPECT_EQUAL(interface_version(page), 7);
    interface_drop(&peer);
    EXPECT(interface_is_dead(page));
    EXPECT_OK(interface_release(base));
    EXPECT_OK(number_close(number));
}

// The document: pointers are corrected by the offset, so that they are good at the client's address (R-I3: and can be checked).
TEST(R_I3_pointers_in_the_page_are_good_in_the_client) {
    trial_start("1");
    struct trial_page *page = trial_open(0);
    EXPECT(page->own_page != (uint64_t)page);
    const char *text = (const char *)page->text;
    EXPECT(interface_holds(page, PAGE_SIZE, text, 8));
    EXPECT(strcmp(text, "letters") == 0);
    EXPECT(!interface_holds(page, PAGE_SIZE, (const char *)page - 1, 1));
    EXPECT(!interface_holds(page, PAGE_SIZE, (const char *)page + PAGE_SIZE - 4, 8));
    interface_close(page);
}

TEST(a_request_is_answered_through_the_page) {
    trial_start("1");
    struct trial_page *page = trial_open(0);
    for (uint32_t i = 0; i < 1000; i++) {
        struct trial_request request = {.operation = TRIAL_INVERT, .words = {i, i * 3}};
        struct trial_request reply = reply_to(page, &request);
        EXPECT_EQUAL(reply.words[0], ~i);
        EXPECT_EQUAL(reply.words[1], ~(i * 3));
    }
    EXPECT_EQUAL(page->taken, 1000);
    interface_close(page);
}

// ---- shared routines ----

// Both sides call the same routine on the same data, each in its own context: nothing is lost.
TEST(a_routine_that_two_processes_call_at_once_changes_shared_data_correctly) {
    enum { TIMES = 100000 };
    trial_start("1");
    struct trial_page *page = trial_open(0);
    add_routine *add = (add_routine *)page->add;
    EXPECT(interface_holds((char *)page + PAGE_SIZE, PAGE_SIZE, (const void *)page->add, 1));
    struct trial_request request = {.operation = TRIAL_ADD, .words = {TIMES}}, reply;
    uint32_t seen = exchange_ask(&page->exchange, &request);
    for (uint32_t i = 0; i < TIMES; i++)
        add(&page->count, 1);
    while (!exchange_take_reply(&page->exchange, seen, &reply))
        EXPECT_OK(doorbell_wait(&page->exchange.answered, seen, guest_soon()));
    EXPECT_EQUAL(page->count, 2 * TIMES);
    interface_close(page);
}

// W^X: nobody can make code pages writable or data pages executable.
TEST(code_is_never_writable_and_data_never_executable) {
    trial_start("1");
    struct trial_page *page = trial_open(0);
    uint64_t code = (uint64_t)page + PAGE_SIZE;
    EXPECT(memory_protect(code, PAGE_SIZE, PROTECTION_WRITE) < 0);
    EXPECT(memory_protect(code, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE) < 0);
    EXPECT(memory_protect((uint64_t)page, PAGE_SIZE, PROTECTION_EXECUTE) < 0);
    EXPECT(memory_protect((uint64_t)page, PAGE_SIZE, PROTECTION_WRITE | PROTECTION_EXECUTE) < 0);
    interface_close(page);
}

TEST(a_client_that_wants_only_data_gets_no_code) {
    trial_start("1");
    struct trial_page *page = trial_open(INTERFACE_DATA_ONLY);
    EXPECT_EQUAL(page->add, 0);
    EXPECT_STATUS(memory_protect((uint64_t)page + PAGE_SIZE, PAGE_SIZE, PROTECTION_READ), NOT_FOUND);
    EXPECT(strcmp((const char *)page->text, "letters") == 0);
    interface_close(page);
}

// ---- doorbells ----

// R-I4: each side sleeps most of the time and wakes the other; a ring that got lost would time out.
TEST(R_I4_no_ring_is_lost_in_many_exchanges) {
    trial_start("1");
    struct trial_page *page = trial_open(0);
    struct trial_request request = {.operation = TRIAL_SUM, .length = 2}, reply;
    uint64_t end = deadline_after(4 * NANOSECONDS_PER_SECOND);
    for (uint32_t i = 0; i < 1000 || (i < 100000 && clock_now() < end); i++) {
        request.words[0] = i;
        request.words[1] = 1;
        if (exchange_call(&page->exchange, &request, &reply, guest_soon()) != STATUS_OK || reply.words[0] != i + 1)
            FAIL("exchange %u", i);
    }
    interface_close(page);
}

TEST(a_wait_on_a_doorbell_has_a_deadline) {
    trial_start("1");
    struct trial_page *page = trial_open(0);
    struct trial_request request = {.operation = TRIAL_HANG}, reply;
    EXPECT_STATUS(exchange_call(&page->exchange, &request, &reply, guest_shortly()), TIMED_OUT);
    EXPECT_STATUS(exchange_call(&page->exchange, &request, &reply, DEADLINE_NOW), WOULD_WAIT);
    interface_close(page);
}

// An event-driven server is told by event, once however often.
TEST(a_ring_through_the_kernel_comes_as_one_event) {
    struct interface_register wish = {.id = TRIAL_ID, .version = 1, .data_size = 1, .clients = 1};
    struct event_source source;
    int32_t number;
    uint64_t base;
    EXPECT_OK(interface_register(&wish, &number));
    EXPECT_OK(interface_request(TRIAL_ID, 1, 0, &base));
    EVENT requested = guest_next_event(EVENT_INTERFACE, NULL);
    EXPECT_OK(interface_ring(base));
    EXPECT_OK(interface_ring(base));
    EVENT rung = guest_next_event(EVENT_INTERFACE, &source);
    EXPECT_EQUAL(rung.Action, INTERFACE_RUNG);
    EXPECT_EQUAL(rung.Data1, requested.Data1);
    EXPECT_EQUAL(source.count, 2);
    EXPECT_OK(interface_release(base));
    EXPECT_EQUAL(guest_next_event(EVENT_INTERFACE, NULL).Action, INTERFACE_GONE);
    EXPECT_OK(number_close((int32_t)requested.Data1));
    EXPECT_OK(number_close(number));
}

// R-I8: the record of who sleeps on the page names the server, and the other way round.
TEST(R_I8_a_wait_on_a_page_shows_who_can_end_it) {
    struct spawned server = trial_start("1");
    struct trial_page *page = trial_open(0);
    struct wait_information record = guest_await_wait(server.process, WAIT_FUTEX);
    EXPECT(strcmp(record.object_name, "trial") == 0);
    EXPECT_EQUAL(record.waker_count, 2);
    EXPECT_EQUAL(record.wakers[0], guest_self());
    EXPECT_EQUAL(record.wakers[1], server.process);
    interface_close(page);
}

// ---- a client that changes what the server reads ----

struct flipper {
    struct trial_page *page;
    uint32_t stop;
};

static void *flip(void *argument) {
    struct flipper *flipper = argument;
    volatile uint32_t *length = &((struct trial_request *)flipper->page->exchange.request)->length;
    while (!__atomic_load_n(&flipper->stop, __ATOMIC_RELAXED)) {
        *length = 1u << 30;
        *length = 2;
    }
    return NULL;
}

// R-I2: the server checks and uses one copy: whatever it happened to read, the answer is right for that, and it goes on.
TEST(R_I2_a_flipping_writer_gets_only_answers_to_what_was_copied) {
    trial_start("1");
    struct flipper flipper = {.page = trial_open(0)};
    struct thread *thread;
    uint32_t sums = 0, refusals = 0;
    EXPECT_OK(thread_start(flip, &flipper, NULL, &thread));
    uint64_t end = deadline_after(2 * NANOSECONDS_PER_SECOND);
    for (uint32_t i = 0; i < 20 || (i < 20000 && clock_now() < end); i++) {
        struct trial_request request = {.operation = TRIAL_SUM, .length = i % 2 ? 2 : 1u << 30, .words = {5, 6}};
        struct trial_request reply = reply_to(flipper.page, &request);
        sums += reply.words[0] == 11;
        refusals += reply.words[0] == TRIAL_REFUSED;
        EXPECT_EQUAL(sums + refusals, i + 1);
    }
    __atomic_store_n(&flipper.stop, 1, __ATOMIC_RELAXED);
    EXPECT_OK(thread_join(thread, NULL));
    EXPECT(sums > 0 && refusals > 0);
    interface_close(flipper.page);
}

// R-I6: a client can take away its own view alone; the server's pages stay as large as they were.
TEST(R_I6_a_client_that_unmaps_its_pages_hurts_only_itself) {
    trial_start("1");
    struct trial_page *first = trial_open(0), *second = trial_open(0);
    EXPECT_OK(memory_unmap((uint64_t)first, PAGE_SIZE));
    struct trial_request request = {.operation = TRIAL_INVERT};
    reply_to(second, &request);
    EXPECT_OK(interface_release((uint64_t)first));
    reply_to(second, &request);
    interface_close(second);
}

// R-I9: one client's request that never ends, and a client that never reads, hold up nobody else.
TEST(R_I9_a_client_that_hangs_holds_up_no_other) {
    trial_start("1");
    struct trial_page *hanging = trial_open(0), *other = trial_open(0);
    struct trial_request hang = {.operation = TRIAL_HANG}, request = {.operation = TRIAL_INVERT};
    exchange_ask(&hanging->exchange, &hang);
    for (uint32_t i = 0; i < 100; i++)
        reply_to(other, &request);
    interface_close(hanging);
    reply_to(other, &request);
    interface_close(other);
}

// ---- versions, names ----

TEST(R_I7_versions_are_exact_or_at_least) {
    trial_start("2");
    trial_start("4");
    static const struct {
        uint32_t version, flags, got;
    } rows[] = {{2, 0, 2}, {3, 0, 0}, {4, 0, 4}, {1, INTERFACE_AT_LEAST, 4}, {4, INTERFACE_AT_LEAST, 4}, {5, 1, 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *pages;
        enum status status = interface_open(TRIAL_ID, rows[i].version, rows[i].flags, guest_soon(), &pages);
        guest_expect_status(status, rows[i].got ? STATUS_OK : STATUS_NOT_FOUND, "a version", __FILE__, __LINE__);
        if (status == STATUS_OK) {
            EXPECT_EQUAL(interface_version(pages), rows[i].got);
            interface_close(pages);
        }
    }
}

TEST(R_I7_a_system_id_cannot_be_squatted) {
    struct interface_register wish = {.version = 1, .data_size = 1, .clients = 1};
    for (wish.id = 1; wish.id < 64; wish.id++)
        EXPECT_STATUS(interface_register(&wish, NULL), NO_RIGHT);
}

// ---- in real use ----

TEST(services_are_found_through_the_directory) {
    uint32_t files = directory_find("files");
    EXPECT(files != 0 && files == start_service("files"));
    EXPECT(directory_find("init") == 1);
    EXPECT_EQUAL(directory_find("no such service"), 0);
    EXPECT_EQUAL(start_service("no such service"), 0);
}

TEST(the_counter_service_and_its_client_count_through_one_routine) {
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    struct spawned counter;
    char *arguments[] = {"counter", NULL};
    request.path = "/bin/counter";
    request.arguments = arguments;
    EXPECT_OK(program_spawn(&request, &counter));
    guest_expect_success(counter);
}

// A futex that is woken or waited for leaves a record; so does every operation of the other designs.
static uint32_t own_records(int32_t trace, struct trace_position *position) {
    static struct trace_record records[64];
    uint32_t own = 0;
    size_t count;
    while (trace_read(trace, position, records, 64, &count) == STATUS_OK && count > 0)
        for (size_t i = 0; i < count; i++)
            own += records[i].process == guest_self();
    return own;
}

// Both sides are this process, so that neither has to sleep.
TEST(an_exchange_with_both_sides_awake_asks_the_kernel_for_nothing) {
    struct interface_register wish = {
        .id = TRIAL_ID, .version = 1, .data_size = sizeof(struct exchange) + 16, .clients = 1};
    struct interface_peer peer;
    struct trace_position position = {0};
    uint8_t text[EXCHANGE_SIZE] = "text", taken[EXCHANGE_SIZE];
    int32_t number, trace;
    uint32_t seen = 0;
    uint64_t base;
    EXPECT_OK(interface_register(&wish, &number));
    EXPECT_OK(interface_request(TRIAL_ID, 1, 0, &base));
    EXPECT_OK(interface_accept((int32_t)guest_next_event(EVENT_INTERFACE, NULL).Data1, &peer));
    interface_set_ready(&peer);
    struct exchange *ours = (struct exchange *)(base + 16), *theirs = (struct exchange *)(peer.pages + 16);
    EXPECT_OK(trace_open(&trace));
    futex_wake(&ours->asked.rung, 1, NULL);
    EXPECT_EQUAL(own_records(trace, &position) > 0, 1); // the trace does see what reaches the kernel
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t answered = exchange_ask(ours, text);
        EXPECT(exchange_take(theirs, &seen, taken));
        exchange_answer(theirs, taken);
        EXPECT(exchange_take_reply(ours, answered, text));
    }
    EXPECT_EQUAL(own_records(trace, &position), 0);
    EXPECT_OK(number_close(trace));
    interface_drop(&peer);
    EXPECT_OK(interface_release(base));
    EXPECT_OK(number_close(number));
}
