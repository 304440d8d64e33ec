// Tests of pages that travel with messages, calls and replies at ports: all or nothing, whoever fails, gives up or ends.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/page.h"
#include "ipc/port.h"
#include "kernel/base/writer.h"
#include "tests/unit/host/pages.h"
#include "tests/unit/ports.h"

TestSuite(port_pages, .init = host_start, .fini = host_finish);

enum { BYTE = 0x41, WINDOW = 2 };

#define PLACE (UINT64_C(1) << 33)
#define BACK_PLACE (UINT64_C(1) << 34)

static struct port_scene scene;
static uint64_t window, client_window;
static struct port_page_cargo cargo;

static uint64_t window_make(struct process *process, uint64_t port) {
    struct result made = AS(process, port_window, port, 0, WINDOW);
    cr_assert_eq(made.status, STATUS_OK);
    return made.value;
}

// The port keeps the block of a message that was received.
static void warm_up(void) {
    cr_assert_eq(AS(scene.client, port_send, scene.entry, USER(scene.request), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
}

static void cargo_set(uint64_t address, uint32_t flags) {
    cargo = (struct port_page_cargo){{.number = PORT_CARGO_PAGE, .rights = flags}, address};
}

static void make(void) {
    scene = port_scene_make();
    window = window_make(scene.server, scene.port);
    client_window = window_make(scene.client, NUMBER_NONE);
    host_page_make(scene.client, PLACE, BYTE);
    cargo_set(PLACE, 0);
    warm_up();
}

static enum host_page_state state_at(struct process *process, uint64_t address) {
    uint8_t byte = 0;
    return host_page_at(process, address, &byte);
}

static struct result send_page(void) {
    return AS(scene.client, port_send, scene.entry, USER(scene.request), USER(&cargo), DEADLINE_NOW);
}

static struct fiber *call_page(uint64_t deadline) {
    return FIBER_CALL(scene.client, port_call, scene.entry, USER(scene.request), USER(&cargo), deadline);
}

static uint64_t objects(const struct process *process) {
    return process->account->lines[ACCOUNT_OBJECTS].used;
}

static uint64_t pages(const struct process *process) {
    return process->account->lines[ACCOUNT_MEMORY_PAGES].used;
}

// Where what was received is, by what the receiver was told.
static uint64_t received_at(void) {
    cr_assert_eq(scene.information.cargo.number, PORT_CARGO_PAGE);
    return window + PORT_PAGE_PLACE(scene.information.cargo.rights) * PAGE_SIZE;
}

static void expect_page(struct process *process, uint64_t address) {
    uint8_t byte = 0;
    cr_assert_eq(host_page_at(process, address, &byte), HOST_PAGE_THERE);
    cr_assert_eq(byte, BYTE);
}

// ---- with a message ----

Test(port_pages, a_page_moves_with_a_message_and_is_charged_until_it_is_received_R_A10) {
    make();
    uint64_t had = pages(scene.client), objects_before = objects(scene.client);
    cr_assert_eq(send_page().status, STATUS_OK);
    cr_assert_eq(state_at(scene.client, PLACE), HOST_PAGE_GONE);
    cr_assert_eq(pages(scene.client), had);
    cr_assert_eq(objects(scene.client), objects_before + 1);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    expect_page(scene.server, received_at());
    cr_assert_eq(PORT_PAGE_FLAGS(scene.information.cargo.rights), PAGE_IMMUTABLE);
    cr_assert_eq(pages(scene.client), had - 1);
    cr_assert_eq(objects(scene.client), objects_before);
    cr_assert_eq(AS(scene.server, page_free, received_at(), 1).status, STATUS_OK);
}

Test(port_pages, a_duplicate_leaves_the_sender_its_own_and_a_shared_page_is_told_as_such_R_A4) {
    make();
    cargo_set(PLACE, PAGE_SENDER_KEEPS | PAGE_DUPLICATE | PAGE_RECEIVER_WRITES);
    cr_assert_eq(send_page().status, STATUS_OK);
    cargo_set(PLACE, PAGE_SENDER_KEEPS);
    cr_assert_eq(send_page().status, STATUS_OK);
    expect_page(scene.client, PLACE);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    expect_page(scene.server, received_at());
    cr_assert_eq(PORT_PAGE_FLAGS(scene.information.cargo.rights),
                 PAGE_SENDER_KEEPS | PAGE_DUPLICATE | PAGE_RECEIVER_WRITES | PAGE_IMMUTABLE);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    expect_page(scene.server, received_at());
    cr_assert_eq(PORT_PAGE_FLAGS(scene.information.cargo.rights), PAGE_SENDER_KEEPS);
}

Test(port_pages, what_cannot_travel_stays_and_nothing_changes_R_A2) {
    make();
    struct {
        uint64_t address;
        uint32_t flags;
        enum status status;
    } wrong[] = {
        {PLACE + 8, 0, STATUS_INVALID_ARGUMENT},
        {PLACE, PAGE_NO_ANSWER, STATUS_INVALID_ARGUMENT},
        {PLACE, UINT32_MAX, STATUS_INVALID_ARGUMENT},
        {PLACE + PAGE_SIZE, 0, STATUS_BAD_ADDRESS},
        {UINT64_MAX & ~(uint64_t)(PAGE_SIZE - 1), 0, STATUS_BAD_ADDRESS},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        cargo_set(wrong[i].address, wrong[i].flags);
        struct host_figures before = host_figures();
        cr_assert_eq(send_page().status, wrong[i].status, "%zu", i);
        host_figures_expect(&before, "after a refusal");
    }
    expect_page(scene.client, PLACE);
}

Test(port_pages, a_port_takes_none_before_its_receiver_said_so_R_A1) {
    scene = port_scene_make();
    host_page_make(scene.client, PLACE, BYTE);
    cargo_set(PLACE, 0);
    warm_up();
    struct host_figures before = host_figures();
    cr_assert_eq(send_page().status, STATUS_DENIED);
    host_figures_expect(&before, "after a refusal");
    expect_page(scene.client, PLACE);
}

Test(port_pages, a_full_port_leaves_the_page_with_its_sender) {
    make();
    for (int i = 0; i < 4; i++)
        cr_assert_eq(AS(scene.client, port_send, scene.entry, USER(scene.request), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(send_page().status, STATUS_PEER_FULL); // and the port keeps its block
    struct host_figures before = host_figures();
    cr_assert_eq(send_page().status, STATUS_PEER_FULL);
    host_figures_expect(&before, "after a refusal");
    expect_page(scene.client, PLACE);
}

Test(port_pages, a_sender_that_waits_for_room_in_vain_has_its_page_back) {
    make();
    for (int i = 0; i < 4; i++)
        AS(scene.client, port_send, scene.entry, USER(scene.request), 0, DEADLINE_NOW);
    struct fiber *sender =
        FIBER_CALL(scene.client, port_send, scene.entry, USER(scene.request), USER(&cargo), clock_now() + SECOND);
    cr_assert_eq(state_at(scene.client, PLACE), HOST_PAGE_GONE);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(sender);
    cr_assert_eq(sender->result.status, STATUS_TIMED_OUT);
    expect_page(scene.client, PLACE);
}

Test(port_pages, limits_on_objects_and_messages_leave_the_page) {
    make();
    static const enum account_item items[] = {ACCOUNT_OBJECTS, ACCOUNT_PORT_MESSAGES};
    for (int i = 0; i < 2; i++) {
        struct account_line *line = &scene.client->account->lines[items[i]];
        account_set_limit(scene.client->account, items[i], line->used);
        struct host_figures before = host_figures();
        cr_assert_eq(send_page().status, STATUS_LIMIT_REACHED);
        host_figures_expect(&before, "after a refusal");
        account_set_limit(scene.client->account, items[i], 1000);
    }
    expect_page(scene.client, PLACE);
}

static enum status send_one(void *unused) {
    (void)unused;
    return (enum status)send_page().status;
}

Test(port_pages, sending_fails_cleanly_at_every_allocation_R_A2) {
    make();
    cargo_set(PLACE, PAGE_SENDER_KEEPS | PAGE_DUPLICATE);
    struct host_operation operation = {.operation = send_one};
    cr_assert_geq(host_fail_each_allocation(&operation), 2);
    expect_page(scene.client, PLACE);
}

Test(port_pages, a_full_window_leaves_the_message_first_in_the_queue) {
    make();
    for (uint64_t i = 1; i <= WINDOW + 1; i++) {
        host_page_make(scene.client, PLACE + i * PAGE_SIZE, BYTE);
        cargo_set(PLACE + i * PAGE_SIZE, 0);
        scene.request[0] = i;
        cr_assert_eq(send_page().status, STATUS_OK);
    }
    uint64_t first = 0;
    for (uint64_t i = 1; i <= WINDOW; i++) {
        cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
        first = i == 1 ? received_at() : first;
    }
    cr_assert_eq(port_take_now(&scene).status, STATUS_PEER_FULL);
    cr_assert_eq(AS(scene.server, page_free, first, 1).status, STATUS_OK);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    cr_assert_eq(scene.buffer[0], WINDOW + 1);
    expect_page(scene.server, received_at());
}

Test(port_pages, a_message_that_cannot_be_copied_out_keeps_its_page) {
    make();
    cr_assert_eq(send_page().status, STATUS_OK);
    cr_assert_eq(
        AS(scene.server, port_receive, scene.port, USER_NOWHERE, USER(&scene.information), DEADLINE_NOW).status,
        STATUS_BAD_ADDRESS);
    cr_assert_eq(state_at(scene.server, window), HOST_PAGE_NONE);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    expect_page(scene.server, received_at());
}

Test(port_pages, a_receiver_without_a_window_is_told_and_one_that_wants_none_drops_it) {
    make();
    struct process *other = host_process("other");
    uint64_t port = port_pass_number(scene.server, scene.port, other), had = pages(scene.client);
    cr_assert_eq(send_page().status, STATUS_OK);
    cr_assert_eq(AS(other, port_receive, port, USER(scene.buffer), USER(&scene.information), DEADLINE_NOW).status,
                 STATUS_DENIED);
    cr_assert_eq(AS(other, port_receive, port, USER(scene.buffer), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(pages(scene.client), had - 1);
}

Test(port_pages, pages_that_nobody_received_go_with_the_port) {
    make();
    uint64_t had = pages(scene.client);
    cr_assert_eq(send_page().status, STATUS_OK);
    port_close_number(scene.server, scene.port);
    cr_assert_eq(pages(scene.client), had - 1);
    cr_assert_eq(send_page().status, STATUS_BAD_ADDRESS, "it is gone");
    host_page_make(scene.client, PLACE + PAGE_SIZE, BYTE);
    cargo_set(PLACE + PAGE_SIZE, 0);
    cr_assert_eq(send_page().status, STATUS_PEER_DIED);
    expect_page(scene.client, PLACE + PAGE_SIZE);
}

Test(port_pages, a_page_outlives_its_sender) {
    make();
    cr_assert_eq(send_page().status, STATUS_OK);
    host_process_end(scene.client);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    expect_page(scene.server, received_at());
}

// ---- with a call and its reply ----

Test(port_pages, a_page_goes_with_a_call_and_another_comes_with_its_reply) {
    make();
    struct fiber *caller = call_page(DEADLINE_NEVER);
    uint64_t id = port_take_now(&scene).value;
    expect_page(scene.server, received_at());
    host_page_make(scene.server, BACK_PLACE, BYTE);
    struct port_page_cargo back = {{.number = PORT_CARGO_PAGE, .rights = PAGE_RECEIVER_WRITES}, BACK_PLACE};
    cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER(scene.buffer), USER(&back)).status, STATUS_OK);
    cr_assert_eq(state_at(scene.server, BACK_PLACE), HOST_PAGE_GONE);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
    cr_assert_eq(cargo.cargo.number, PORT_CARGO_PAGE);
    expect_page(scene.client, client_window + PORT_PAGE_PLACE(cargo.cargo.rights) * PAGE_SIZE);
    cr_assert_eq(state_at(scene.client, PLACE), HOST_PAGE_GONE);
}

Test(port_pages, a_received_page_is_sent_back_from_the_window) {
    make();
    struct fiber *caller = call_page(DEADLINE_NEVER);
    uint64_t id = port_take_now(&scene).value;
    struct port_page_cargo back = {{.number = PORT_CARGO_PAGE}, received_at()};
    cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER(scene.buffer), USER(&back)).status, STATUS_OK);
    cr_assert_eq(state_at(scene.server, window), HOST_PAGE_NONE, "its place is free again");
    fiber_run(caller);
    expect_page(scene.client, client_window);
}

Test(port_pages, a_caller_that_gives_up_before_its_call_is_taken_has_its_page_back) {
    make();
    struct fiber *caller = call_page(clock_now() + SECOND);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(cargo.cargo.number, PORT_CARGO_PAGE, "it is back");
    expect_page(scene.client, PLACE);
}

Test(port_pages, a_caller_that_gives_up_after_that_is_told_that_the_receiver_has_it) {
    make();
    struct fiber *caller = call_page(clock_now() + SECOND);
    port_take_now(&scene);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(cargo.cargo.number, NUMBER_NONE);
    expect_page(scene.server, received_at());
}

Test(port_pages, a_caller_that_gives_up_while_its_call_is_copied_out_takes_its_page_or_leaves_it) {
    make();
    struct fiber *caller = call_page(clock_now() + SECOND);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *receiver =
        FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), USER(&scene.information), DEADLINE_NOW);
    fiber_set_pauses(0);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    fiber_run(receiver);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    bool is_back = cargo.cargo.number == PORT_CARGO_PAGE;
    cr_assert_eq(state_at(scene.client, PLACE), is_back ? HOST_PAGE_THERE : HOST_PAGE_GONE);
    cr_assert_eq(state_at(scene.server, window), is_back ? HOST_PAGE_NONE : HOST_PAGE_THERE);
}

Test(port_pages, the_receivers_death_gives_back_what_was_not_taken) {
    make();
    struct fiber *caller = call_page(DEADLINE_NEVER);
    host_process_end(scene.server);
    cr_assert_eq(caller->result.status, STATUS_PEER_DIED);
    expect_page(scene.client, PLACE);
}

Test(port_pages, a_caller_that_is_killed_leaves_nothing) {
    make();
    call_page(DEADLINE_NEVER);
    host_process_end(scene.client);
    cr_assert_eq(port_take_now(&scene).status, STATUS_PEER_DIED, "nothing of it is left, and nobody can send");
}

Test(port_pages, a_reply_carries_one_only_to_a_caller_with_a_window) {
    scene = port_scene_make();
    window = window_make(scene.server, scene.port);
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    uint64_t id = port_take_now(&scene).value;
    host_page_make(scene.server, BACK_PLACE, BYTE);
    cargo_set(BACK_PLACE, 0);
    cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER(scene.buffer), USER(&cargo)).status, STATUS_DENIED);
    expect_page(scene.server, BACK_PLACE);
    cr_assert_eq(port_answer_word(&scene, id, 1).status, STATUS_OK, "it can still be answered");
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
}

Test(port_pages, a_late_reply_keeps_its_page) {
    make();
    host_page_make(scene.server, BACK_PLACE, BYTE);
    cargo_set(BACK_PLACE, 0);
    struct host_figures before = host_figures();
    cr_assert_eq(AS(scene.server, port_reply, scene.port, 7, USER(scene.buffer), USER(&cargo)).status,
                 STATUS_NOT_FOUND);
    host_figures_expect(&before, "after a refusal");
    expect_page(scene.server, BACK_PLACE);
}

Test(port_pages, a_caller_without_a_free_place_is_told) {
    make();
    for (uint64_t i = 0; i <= WINDOW; i++) {
        cargo = (struct port_page_cargo){0};
        struct fiber *caller = call_page(DEADLINE_NEVER);
        uint64_t id = port_take_now(&scene).value;
        host_page_make(scene.server, BACK_PLACE + i * PAGE_SIZE, BYTE);
        struct port_page_cargo back = {{.number = PORT_CARGO_PAGE}, BACK_PLACE + i * PAGE_SIZE};
        cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER(scene.buffer), USER(&back)).status, STATUS_OK);
        fiber_run(caller);
        cr_assert_eq(caller->result.status, i < WINDOW ? STATUS_OK : STATUS_PEER_FULL);
    }
}

// ---- windows ----

Test(port_pages, a_window_is_told_and_another_takes_its_place) {
    make();
    cr_assert_eq(AS(scene.server, port_window, scene.port, 0, 0).value, window);
    uint64_t second = window_make(scene.server, NUMBER_NONE);
    cr_assert_neq(second, window);
    window = second;
    cr_assert_eq(send_page().status, STATUS_OK);
    port_take_now(&scene);
    expect_page(scene.server, received_at());
    struct process *none = host_process("none");
    cr_assert_eq(AS(none, port_window, NUMBER_NONE, 0, 0).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(none, port_window, scene.port + 99, 0, 1).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(none, port_window, NUMBER_NONE, 1, 1).status, STATUS_INVALID_ARGUMENT);
}

Test(port_pages, a_page_on_its_way_says_what_it_is) {
    make();
    cr_assert_eq(send_page().status, STATUS_OK);
    struct object *page = object_next(OBJECT_PORT_PAGE, 0);
    cr_assert_not_null(page);
    char text[512] = {0};
    struct writer out;
    writer_to_buffer(&out, text, sizeof(text) - 1);
    object_describe(page, &out);
    cr_assert_not_null(strstr(text, "state: on its way\n"), "%s", text);
    cr_assert_not_null(strstr(text, "sender keeps it: no\n"), "%s", text);
    object_release(page);
}
