// Tests of sending pages: to a handler that accepts, abandons, waits or goes; and that failures change nothing.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/page.h"
#include "kernel/base/writer.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/pages.h"
#include "tests/unit/host/upcall.h"

TestSuite(pages, .init = host_start, .fini = host_finish);

enum { TYPE = 100, WINDOW = 4, BYTE = 0x41, SECOND = 1000000000 };

#define PLACE (UINT64_C(1) << 33)

// ---- the receiver ----

static uint64_t answer;
static bool handler_waits;
static uint64_t got[6];
static uint32_t arrivals;

static uint64_t take(uint64_t process, uint64_t type, uint64_t address, uint64_t pages, uint64_t flags,
                     uint64_t bytes) {
    const uint64_t arguments[6] = {process, type, address, pages, flags, bytes};
    memcpy(got, arguments, sizeof(got));
    arrivals++;
    if (handler_waits) {
        call_event_wait(DEADLINE_NEVER);
        thread_before_user();
    }
    return answer;
}

struct scene {
    struct process *from, *to;
    struct fiber *receiver;
    uint64_t number; // the handler's
    enum status status;
};

static struct scene scene;

// A thread as programs have it: makes the handler, then takes upcalls for ever.
static void receive(void *unused) {
    (void)unused;
    call_upcall_set(USER(receive), 0x10000, 0x1000);
    struct result result = call_page_handler(TYPE, USER(take), 0, WINDOW, PAGE_HANDLER_RESTART);
    scene.status = (enum status)result.status;
    scene.number = result.value;
    for (;;) {
        call_upcall_wait(0, 0, DEADLINE_NEVER);
        thread_before_user();
    }
}

static void scene_make(void) {
    scene.from = host_process("from");
    scene.to = host_process("to");
    answer = PAGE_ACCEPT;
    handler_waits = false;
    arrivals = 0;
    scene.receiver = fiber_start(scene.to, receive, 0);
    cr_assert_eq(scene.status, STATUS_OK);
}

static struct fiber *send(uint64_t pages, uint32_t flags, uint64_t deadline) {
    return FIBER_CALL(scene.from, page_send, scene.to->id, TYPE, PLACE, pages, flags, deadline);
}

static void pages_make(uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        host_page_make(scene.from, PLACE + (uint64_t)i * PAGE_SIZE, (uint8_t)(BYTE + i));
}

static void expect_sent(struct fiber *sender, enum status status, uint32_t taken, uint32_t refused) {
    fiber_run_all();
    cr_assert(sender->returned);
    cr_assert_eq(sender->result.status, status, "%d", (int)sender->result.status);
    if (status < 0)
        return;
    cr_assert_eq(PAGE_TAKEN(sender->result.value), taken);
    cr_assert_eq(PAGE_REFUSED(sender->result.value), refused);
}

static void expect_at(struct process *process, uint64_t address, enum host_page_state state, uint8_t byte) {
    uint8_t there = byte;
    cr_assert_eq(host_page_at(process, address, &there), state);
    cr_assert_eq(there, byte);
}

static struct page_handler *handler_of(struct process *process, uint64_t number) {
    struct object *object;
    cr_assert_eq(number_find(&process->numbers, (int32_t)number, OBJECT_PAGE_HANDLER, 0, &object), STATUS_OK);
    object_release(object);
    return (struct page_handler *)object;
}

// ---- accepted, abandoned ----

Test(pages, an_accepted_page_is_the_receivers) {
    scene_make();
    pages_make(2);
    uint64_t before = scene.from->account->lines[ACCOUNT_MEMORY_PAGES].used;
    expect_sent(send(2, PAGE_RECEIVER_WRITES, DEADLINE_NEVER), STATUS_OK, 1, 0);
    cr_assert_eq(got[0], scene.from->id);
    cr_assert_eq(got[1], TYPE);
    cr_assert_eq(got[3], 2);
    cr_assert_eq(got[4], PAGE_RECEIVER_WRITES | PAGE_IMMUTABLE);
    cr_assert_eq(got[5], 2 * PAGE_SIZE);
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
    expect_at(scene.to, got[2] + PAGE_SIZE, HOST_PAGE_THERE, BYTE + 1);
    expect_at(scene.from, PLACE, HOST_PAGE_GONE, 0);
    cr_assert_eq(scene.from->account->lines[ACCOUNT_MEMORY_PAGES].used, before - 2);
}

Test(pages, an_abandoned_page_is_back_R_A10) {
    scene_make();
    pages_make(1);
    answer = PAGE_ABANDON;
    struct host_figures before = host_figures();
    expect_sent(send(1, 0, DEADLINE_NEVER), STATUS_NOTHING, 0, 1);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
    expect_at(scene.to, got[2], HOST_PAGE_NONE, 0);
    host_figures_expect(&before, "after it came back");
}

Test(pages, an_abandoned_page_is_freed_where_the_flags_say_so_R_A10) {
    scene_make();
    pages_make(1);
    answer = 7; // neither
    expect_sent(send(1, PAGE_ABANDONED_FREE, DEADLINE_NEVER), STATUS_NOTHING, 0, 1);
    expect_at(scene.from, PLACE, HOST_PAGE_GONE, 0);
}

Test(pages, a_shared_page_is_told_as_one_that_others_write_R_A4) {
    scene_make();
    pages_make(1);
    expect_sent(send(1, PAGE_SENDER_KEEPS, DEADLINE_NEVER), STATUS_OK, 1, 0);
    cr_assert_eq(got[4] & PAGE_IMMUTABLE, 0);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
}

Test(pages, a_duplicate_that_is_not_kept_leaves_the_sender) {
    scene_make();
    pages_make(1);
    expect_sent(send(1, PAGE_DUPLICATE, DEADLINE_NEVER), STATUS_OK, 1, 0);
    expect_at(scene.from, PLACE, HOST_PAGE_GONE, 0);
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
}

Test(pages, bytes_are_told_with_their_place_in_the_first_page_R_A3) {
    scene_make();
    pages_make(2);
    uint32_t flags = PAGE_BYTES | PAGE_DUPLICATE | PAGE_SENDER_KEEPS;
    expect_sent(FIBER_CALL(scene.from, page_send, scene.to->id, TYPE, PLACE + 100, PAGE_SIZE, flags, DEADLINE_NEVER),
                STATUS_OK, 1, 0);
    cr_assert_eq(got[2] % PAGE_SIZE, 100);
    cr_assert_eq(got[3], 2);
    cr_assert_eq(got[5], PAGE_SIZE);
}

Test(pages, received_pages_can_be_sent_on_and_freed) {
    scene_make();
    pages_make(1);
    expect_sent(send(1, 0, DEADLINE_NEVER), STATUS_OK, 1, 0);
    uint64_t first = got[2];
    // To itself: the page leaves its place in the window for another.
    expect_sent(FIBER_CALL(scene.to, page_send, scene.to->id, TYPE, first, 1, 0, DEADLINE_NOW), STATUS_OK, 1, 0);
    expect_at(scene.to, first, HOST_PAGE_NONE, 0);
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
    cr_assert_eq(AS(scene.to, page_free, got[2], 1).status, STATUS_OK);
    cr_assert_eq(AS(scene.to, page_free, got[2], 1).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.to, page_free, got[2], PAGE_WINDOW_MAX + 1).status, STATUS_NOT_FOUND);
}

Test(pages, received_pages_are_placed_when_their_upcall_is_over) {
    scene_make();
    pages_make(1);
    expect_sent(send(1, 0, DEADLINE_NEVER), STATUS_OK, 1, 0);
    uint64_t pages = scene.to->account->lines[ACCOUNT_MEMORY_PAGES].used, place = UINT64_C(1) << 33;
    cr_assert_eq(AS(scene.to, page_place, place, got[2], 1).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.to, page_place, got[2], place, PAGE_WINDOW_MAX + 1).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.to, page_place, got[2], place, 1).status, STATUS_OK);
    expect_at(scene.to, got[2], HOST_PAGE_NONE, 0);
    expect_at(scene.to, place, HOST_PAGE_THERE, BYTE);
    cr_assert_eq(scene.to->account->lines[ACCOUNT_MEMORY_PAGES].used, pages + 1);
}

// ---- refused before anything moved ----

struct refusal {
    uint64_t process, type, address, size, flags, deadline;
    enum status status;
};

Test(pages, what_cannot_be_sent_is_refused_and_stays_R_A1_R_A2) {
    scene_make();
    pages_make(2);
    uint64_t id = scene.to->id;
    const uint32_t bytes = PAGE_BYTES | PAGE_DUPLICATE | PAGE_SENDER_KEEPS;
    const struct refusal refusals[] = {
        {9999, TYPE, PLACE, 1, 0, SECOND, STATUS_NOT_FOUND},
        {id, TYPE + 1, PLACE, 1, 0, SECOND, STATUS_NOT_FOUND},
        {id, 0, PLACE, 1, 0, SECOND, STATUS_INVALID_ARGUMENT},
        {id, TYPE, PLACE, WINDOW + 1, 0, SECOND, STATUS_DENIED},
        {id, TYPE, PLACE, 3, 0, SECOND, STATUS_BAD_ADDRESS},
        {id, TYPE, PLACE + 8, 1, 0, SECOND, STATUS_INVALID_ARGUMENT},
        {id, TYPE, PLACE, PAGE_SEND_MAX + 1, 0, SECOND, STATUS_TOO_LARGE},
        {id, TYPE, PLACE, 1, 1 << 7, SECOND, STATUS_INVALID_ARGUMENT},
        {id, TYPE, PLACE, 1, PAGE_BYTES, SECOND, STATUS_INVALID_ARGUMENT},
        {id, TYPE, PLACE + 1, (uint64_t)PAGE_SEND_MAX * PAGE_SIZE, bytes, SECOND, STATUS_TOO_LARGE},
        {id, TYPE, PLACE, UINT64_MAX, bytes, SECOND, STATUS_TOO_LARGE},
        {id, TYPE, UINT64_MAX - 99, 50, bytes, SECOND, STATUS_BAD_ADDRESS},
        {id, TYPE, PLACE, 1, PAGE_TO_SELF, SECOND, STATUS_INVALID_ARGUMENT},
        {0, TYPE, PLACE, 1, PAGE_TO_ALL, SECOND, STATUS_INVALID_ARGUMENT},
        {0, TYPE, PLACE, 1, PAGE_TO_OTHERS | PAGE_SENDER_KEEPS | PAGE_RECEIVER_WRITES, SECOND, STATUS_INVALID_ARGUMENT},
        {0, 5, 0, 0, PAGE_TO_ALL | PAGE_DUPLICATE, SECOND, STATUS_INVALID_ARGUMENT},
        {0, TYPE, PLACE, 1, PAGE_TO_ALL | PAGE_DUPLICATE, DEADLINE_NOW, STATUS_WOULD_WAIT},
        {0, TYPE, PLACE, 3, PAGE_TO_ALL | PAGE_DUPLICATE, SECOND, STATUS_BAD_ADDRESS},
        {id, TYPE, PLACE, 1, 0, DEADLINE_NOW, STATUS_WOULD_WAIT},
        {id, 5, PLACE, 1, 0, SECOND, STATUS_INVALID_ARGUMENT},
        {id, 5, 0, 0, PAGE_DUPLICATE, SECOND, STATUS_INVALID_ARGUMENT},
        {id, 5, 0, 0, 0, SECOND, STATUS_NOT_FOUND},
    };
    struct host_figures before = host_figures();
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refusal *r = &refusals[i];
        struct result result =
            AS(scene.from, page_send, r->process, r->type, r->address, r->size, r->flags, r->deadline);
        cr_assert_eq(result.status, r->status, "row %zu: %d", i, (int)result.status);
        host_figures_expect(&before, "after a refusal");
        expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
    }
    cr_assert_eq(arrivals, 0);
}

Test(pages, the_gate_decides_who_comes) {
    scene_make();
    pages_make(1);
    AS(scene.to, gate_set, GATE_PAGE, 0);
    expect_sent(send(1, 0, DEADLINE_NEVER), STATUS_DENIED, 0, 0);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
}

Test(pages, a_full_window_is_told_and_the_page_is_back) {
    scene_make();
    pages_make(WINDOW + 1);
    expect_sent(send(WINDOW, 0, DEADLINE_NEVER), STATUS_OK, 1, 0);
    expect_sent(FIBER_CALL(scene.from, page_send, scene.to->id, TYPE, PLACE + WINDOW * PAGE_SIZE, 1, 0, DEADLINE_NEVER),
                STATUS_PEER_FULL, 0, 0);
    expect_at(scene.from, PLACE + WINDOW * PAGE_SIZE, HOST_PAGE_THERE, BYTE + WINDOW);
}

// ---- waiting ----

Test(pages, a_deadline_takes_a_queued_page_back_R_A10) {
    scene_make();
    pages_make(1);
    handler_waits = true;
    struct fiber *first = send(0, 0, DEADLINE_NEVER);
    fiber_run_all();
    struct fiber *second = send(1, 0, clock_now() + SECOND);
    cr_assert_eq(fiber_wait_reason(second), WAIT_PAGE_ANSWER);
    machine_clock_advance(2 * SECOND);
    expect_sent(second, STATUS_TIMED_OUT, 0, 0);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
    cr_assert_not(first->returned);
    cr_assert_eq(arrivals, 1);
}

Test(pages, a_deadline_passes_while_the_handler_runs_and_it_may_still_accept_R_A10) {
    scene_make();
    pages_make(1);
    handler_waits = true;
    struct fiber *sender = send(1, PAGE_RECEIVER_WRITES, clock_now() + SECOND);
    fiber_run_all();
    cr_assert_eq(arrivals, 1);
    machine_clock_advance(2 * SECOND);
    expect_sent(sender, STATUS_TIMED_OUT, 0, 0);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
    EVENT event = {.Type = EVENT_USER};
    AS(scene.to, event_send, scene.to->id, USER(&event), 0, DEADLINE_NOW);
    fiber_run_all();
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
}

Test(pages, the_receivers_end_is_told_and_the_pages_are_back) {
    scene_make();
    pages_make(2);
    handler_waits = true;
    struct fiber *running = send(1, 0, DEADLINE_NEVER);
    fiber_run_all();
    struct fiber *queued =
        FIBER_CALL(scene.from, page_send, scene.to->id, TYPE, PLACE + PAGE_SIZE, 1, 0, DEADLINE_NEVER);
    fiber_run_all();
    host_process_end(scene.to);
    expect_sent(running, STATUS_PEER_DIED, 0, 0);
    expect_sent(queued, STATUS_PEER_DIED, 0, 0);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
    expect_at(scene.from, PLACE + PAGE_SIZE, HOST_PAGE_THERE, BYTE + 1);
}

Test(pages, a_senders_end_leaves_the_receiver_with_what_it_has) {
    scene_make();
    pages_make(2);
    handler_waits = true;
    send(1, 0, DEADLINE_NEVER);
    fiber_run_all();
    FIBER_CALL(scene.from, page_send, scene.to->id, TYPE, PLACE + PAGE_SIZE, 1, 0, DEADLINE_NEVER);
    fiber_run_all();
    host_process_end(scene.from);
    EVENT event = {.Type = EVENT_USER};
    AS(scene.to, event_send, scene.to->id, USER(&event), 0, DEADLINE_NOW);
    fiber_run_all();
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
    cr_assert_eq(arrivals, 1, "the queued one went with its sender");
}

Test(pages, a_page_that_came_with_an_upcall_stays_until_that_is_over) {
    scene_make();
    pages_make(1);
    handler_waits = true;
    send(1, 0, DEADLINE_NEVER);
    fiber_run_all();
    struct result result = AS(scene.to, page_send, scene.to->id, TYPE, got[2], 1, 0, DEADLINE_NOW);
    cr_assert_eq(result.status, STATUS_BUSY);
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
}

// ---- to oneself ----

Test(pages, to_oneself_nobody_waits_and_abandoned_pages_are_back) {
    scene_make();
    host_page_make(scene.to, PLACE, BYTE);
    answer = PAGE_ABANDON;
    struct result result = AS(scene.to, page_send, 0, TYPE, PLACE, 1, PAGE_TO_SELF, DEADLINE_NOW);
    cr_assert_eq(result.status, STATUS_OK);
    expect_at(scene.to, PLACE, HOST_PAGE_GONE, 0);
    fiber_run_all();
    cr_assert_eq(arrivals, 1);
    expect_at(scene.to, PLACE, HOST_PAGE_THERE, BYTE);
}

Test(pages, what_is_on_its_way_to_oneself_is_bounded_by_the_limit_on_objects) {
    scene_make();
    struct account_line *line = &scene.to->account->lines[ACCOUNT_OBJECTS];
    line->limit = line->used;
    cr_assert_eq(AS(scene.to, page_send, scene.to->id, TYPE, 0, 0, 0, DEADLINE_NOW).status, STATUS_LIMIT_REACHED);
}

Test(pages, what_is_on_its_way_to_oneself_comes_back_when_the_handler_goes) {
    scene_make();
    host_page_make(scene.to, PLACE, BYTE);
    cr_assert_eq(AS(scene.to, page_send, scene.to->id, TYPE, PLACE, 1, 0, DEADLINE_NOW).status, STATUS_OK);
    host_be(scene.to);
    cr_assert_eq(number_close(&scene.to->numbers, (int32_t)scene.number), STATUS_OK);
    expect_at(scene.to, PLACE, HOST_PAGE_THERE, BYTE);
    fiber_run_all();
    cr_assert_eq(arrivals, 0);
}

// ---- to all ----

Test(pages, a_broadcast_counts_who_took_it_and_who_did_not_R_A9) {
    scene_make();
    pages_make(1);
    struct process *closed = host_process("closed");
    AS(scene.to, gate_set, GATE_PAGE_BROADCAST, GATE_ALL_USERS);
    cr_assert_eq(AS(closed, page_handler, TYPE, USER(take), 0, WINDOW, 0).status, STATUS_OK);
    host_process("without a handler");
    uint32_t flags = PAGE_DUPLICATE | PAGE_SENDER_KEEPS;
    expect_sent(FIBER_CALL(scene.from, page_send, 0, TYPE, PLACE, 1, flags | PAGE_TO_OTHERS, DEADLINE_NEVER), STATUS_OK,
                1, 1);
    cr_assert_eq(arrivals, 1);
    answer = PAGE_ABANDON;
    expect_sent(FIBER_CALL(scene.from, page_send, 0, TYPE, PLACE, 1, PAGE_DUPLICATE | PAGE_TO_OTHERS, DEADLINE_NEVER),
                STATUS_NOTHING, 0, 2);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
    answer = PAGE_ACCEPT;
    expect_sent(FIBER_CALL(scene.from, page_send, 0, TYPE, PLACE, 1, PAGE_DUPLICATE | PAGE_TO_OTHERS, DEADLINE_NEVER),
                STATUS_OK, 1, 1);
    expect_at(scene.from, PLACE, HOST_PAGE_GONE, 0);
}

Test(pages, a_broadcast_to_all_reaches_the_sender_too) {
    scene_make();
    host_page_make(scene.to, PLACE, BYTE);
    uint32_t flags = PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_TO_ALL;
    expect_sent(FIBER_CALL(scene.to, page_send, 0, TYPE, PLACE, 1, flags, DEADLINE_NEVER), STATUS_OK, 1, 0);
    cr_assert_eq(arrivals, 1);
    expect_at(scene.to, got[2], HOST_PAGE_THERE, BYTE);
}

Test(pages, a_broadcast_that_its_sender_cannot_pay_is_refused_for_each) {
    scene_make();
    pages_make(1);
    AS(scene.to, gate_set, GATE_PAGE_BROADCAST, GATE_ALL_USERS);
    struct account_line *line = &scene.from->account->lines[ACCOUNT_MEMORY_PAGES];
    line->limit = line->used + 1; // the load, and no transfer
    uint32_t flags = PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_TO_OTHERS;
    expect_sent(FIBER_CALL(scene.from, page_send, 0, TYPE, PLACE, 1, flags, DEADLINE_NEVER), STATUS_NOTHING, 0, 1);
    line->limit = UINT64_MAX;
}

// ---- memory that runs out ----

static enum status send_to_self(void *context) {
    (void)context;
    return (enum status)AS(scene.to, page_send, scene.to->id, TYPE, PLACE, 1, 0, DEADLINE_NOW).status;
}

static void run_receiver(void *context) {
    (void)context;
    answer = PAGE_ABANDON;
    fiber_run_all();
}

static enum status broadcast_nothing(void *context) {
    (void)context;
    uint32_t flags = PAGE_DUPLICATE | PAGE_SENDER_KEEPS | PAGE_TO_OTHERS;
    enum status status = (enum status)AS(scene.from, page_send, 0, TYPE + 1, PLACE, 1, flags, SECOND).status;
    return status == STATUS_NOTHING ? STATUS_OK : status;
}

Test(pages, a_send_without_memory_changes_nothing_R_A2) {
    scene_make();
    pages_make(1);
    host_page_make(scene.to, PLACE, BYTE);
    struct host_operation self = {send_to_self, run_receiver, 0};
    cr_assert_eq(host_fail_each_allocation(&self), 1);
    expect_at(scene.to, PLACE, HOST_PAGE_THERE, BYTE);
    struct host_operation all = {broadcast_nothing, 0, 0};
    cr_assert_eq(host_fail_each_allocation(&all), 2);
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
}

// ---- handlers ----

Test(pages, removing_a_handler_waits_for_its_upcall_R_A8) {
    scene_make();
    handler_waits = true;
    struct fiber *sender = send(0, 0, DEADLINE_NEVER);
    fiber_run_all();
    cr_assert_eq(AS(scene.to, page_handler_remove, scene.number, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    struct fiber *remover = FIBER_CALL(scene.to, page_handler_remove, scene.number, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(remover), WAIT_PAGE_HANDLER);
    struct fiber *late = send(0, 0, DEADLINE_NEVER);
    EVENT event = {.Type = EVENT_USER};
    AS(scene.to, event_send, scene.to->id, USER(&event), 0, DEADLINE_NOW);
    expect_sent(sender, STATUS_OK, 1, 0);
    cr_assert(remover->returned);
    cr_assert_eq(remover->result.status, STATUS_OK);
    expect_sent(late, STATUS_PEER_DIED, 0, 0);
    cr_assert_eq(arrivals, 1);
}

Test(pages, closing_a_handler_cancels_its_upcall_R_A8) {
    scene_make();
    pages_make(1);
    handler_waits = true;
    struct fiber *sender = send(1, 0, DEADLINE_NEVER);
    fiber_run_all();
    number_close(&scene.to->numbers, (int32_t)scene.number);
    EVENT event = {.Type = EVENT_USER};
    AS(scene.to, event_send, scene.to->id, USER(&event), 0, DEADLINE_NOW);
    expect_sent(sender, STATUS_NOTHING, 0, 1); // though it accepted
    expect_at(scene.from, PLACE, HOST_PAGE_THERE, BYTE);
}

Test(pages, a_handler_says_what_it_is_and_who_can_answer) {
    scene_make();
    pages_make(1);
    expect_sent(send(1, 0, DEADLINE_NEVER), STATUS_OK, 1, 0);
    answer = PAGE_ABANDON;
    expect_sent(send(0, 0, DEADLINE_NEVER), STATUS_NOTHING, 0, 1);
    struct object *object = &handler_of(scene.to, scene.number)->object;
    char text[1024] = "";
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(object, &writer);
    cr_assert_not_null(strstr(text, "type: 100\n"));
    cr_assert_not_null(strstr(text, "4 pages\nqueued: 0\nrunning: 0\nthreads that could take it: 1\n"));
    cr_assert_not_null(strstr(text, "accepted: 1\nabandoned: 1\nrefused: 0\npages: 1\n"));
    struct wait_edges edges = {0};
    page_handler_type.wait_edges(object, WAIT_PAGE_ANSWER, &edges);
    cr_assert_eq(edges.count, 1);
    cr_assert_eq(edges.processes[0], scene.to->id);
}
