// Tests of messages that go straight to a thread that waits for them: none is lost, whatever befalls that thread.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/message.h"
#include "tests/unit/host/host.h"

TestSuite(message_handoff, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000 };

struct scene {
    struct process *from, *to;
    char buffer[256];
    struct message_information information;
};

static struct scene scene_fresh(void) {
    struct scene scene = {.from = host_process("from"), .to = host_process("to")};
    return scene;
}

static struct fiber *next(struct scene *scene, size_t size, uint64_t deadline) {
    return FIBER_CALL(scene->to, message_next, USER(scene->buffer), size, USER(&scene->information), deadline);
}

static struct result send(const struct scene *scene, const char *text) {
    return AS(scene->from, message_send, scene->to->id, USER(text), strlen(text), 0, DEADLINE_NOW);
}

// A first message was taken: from now on small ones go by a block that the receiver brings along.
static struct scene scene_make(void) {
    struct scene scene = scene_fresh();
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    cr_assert_eq(send(&scene, "first").status, STATUS_OK);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.value, 5);
    return scene;
}

static uint64_t used(const struct scene *scene, enum account_item item) {
    return scene->from->account->lines[item].used;
}

Test(message_handoff, a_waiting_thread_gets_it_with_all_that_is_told_of_it) {
    struct scene scene = scene_make();
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    struct result sent = send(&scene, "hello");
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_OK);
    cr_assert_eq(receiver->result.value, 5);
    cr_assert_arr_eq(scene.buffer, "hello", 5);
    struct message_information expected = {
        .id = (uint32_t)sent.value, .sender = scene.from->id, .user = HOST_USER, .size = 5, .waiting = 1};
    cr_assert_arr_eq(&scene.information, &expected, sizeof(expected));
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING, "nothing is left to be told");
    cr_assert_eq(used(&scene, ACCOUNT_MESSAGES), 0);
    cr_assert_eq(used(&scene, ACCOUNT_MESSAGE_BYTES), 0);
}

Test(message_handoff, again_and_again_needs_no_memory) {
    struct scene scene = scene_make();
    for (int i = 0; i < 3; i++) {
        struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
        struct host_figures before = host_figures();
        allocation_fail_at(1);
        cr_assert_eq(send(&scene, i % 2 == 0 ? "even" : "odd").status, STATUS_OK);
        cr_assert_not(allocation_has_failed());
        host_figures_expect(&before, "after sending");
        fiber_run(receiver);
        cr_assert_arr_eq(scene.buffer, i % 2 == 0 ? "even" : "odd", 3);
    }
}

Test(message_handoff, it_can_be_answered) {
    struct scene scene = scene_make();
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    uint32_t id = (uint32_t)send(&scene, "question").value;
    fiber_run(receiver);
    struct message_options options = {.in_reply_to = id};
    cr_assert_eq(AS(scene.to, message_send, scene.from->id, USER("yes"), 3, USER(&options), DEADLINE_NOW).status,
                 STATUS_OK);
    cr_assert_eq(AS(scene.to, message_send, scene.from->id, USER("yes"), 3, USER(&options), DEADLINE_NOW).status,
                 STATUS_INVALID_ARGUMENT);
}

// R-B4, R-B3: what goes straight passes the same gate.
Test(message_handoff, the_gate_is_asked_first) {
    struct scene scene = scene_make();
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    AS(scene.to, gate_set, GATE_MESSAGE, 0);
    cr_assert_eq(send(&scene, "hello").status, STATUS_DENIED);
    cr_assert(fiber_is_waiting(receiver));
}

Test(message_handoff, a_sender_with_a_bad_address_wakes_nobody) {
    struct scene scene = scene_make();
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    cr_assert_eq(AS(scene.from, message_send, scene.to->id, USER_NOWHERE, 5, 0, DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    cr_assert(fiber_is_waiting(receiver));
}

// ---- the thread cannot take it ----

static void expect_pending_and_told(struct scene *scene) {
    struct fiber *receiver = FIBER_CALL(scene->to, message_next, USER_NOWHERE, 256, 0, DEADLINE_NEVER);
    uint32_t id = (uint32_t)send(scene, "hello").value;
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_BAD_ADDRESS);
    struct host_event got = host_event_get(scene->to);
    cr_assert_eq(got.event.Type, EVENT_MESSAGE);
    cr_assert_eq(got.event.Data1, id);
    cr_assert_eq(got.event.Data2, 5);
    cr_assert_eq(got.source.process, scene->from->id);
    char buffer[8];
    cr_assert_eq(AS(scene->to, message_receive, id, USER(buffer), 8, 0).value, 5);
}

Test(message_handoff, one_that_cannot_be_copied_out_is_pending_and_told_like_any_other) {
    struct scene scene = scene_make();
    expect_pending_and_told(&scene);
    expect_pending_and_told(&scene);
}

Test(message_handoff, so_is_the_first_of_all) {
    struct scene scene = scene_fresh();
    expect_pending_and_told(&scene);
}

Test(message_handoff, one_that_came_back_stands_before_later_ones) {
    struct scene scene = scene_make();
    struct fiber *receiver = FIBER_CALL(scene.to, message_next, USER_NOWHERE, 256, 0, DEADLINE_NEVER);
    send(&scene, "first");
    send(&scene, "second");
    fiber_run(receiver);
    cr_assert_eq(AS(scene.to, message_next, USER(scene.buffer), 256, 0, DEADLINE_NOW).value, 5);
    cr_assert_arr_eq(scene.buffer, "first", 5);
}

Test(message_handoff, one_that_came_back_is_scrapped_like_any_other) {
    struct scene scene = scene_make();
    struct fiber *receiver = FIBER_CALL(scene.to, message_next, USER_NOWHERE, 256, 0, DEADLINE_NEVER);
    uint32_t id = (uint32_t)send(&scene, "hello").value;
    fiber_run(receiver);
    cr_assert_eq(AS(scene.to, message_scrap, id).status, STATUS_OK);
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
}

Test(message_handoff, too_small_a_buffer_leaves_it_pending) {
    struct scene scene = scene_make();
    struct fiber *receiver = next(&scene, 3, DEADLINE_NEVER);
    send(&scene, "hello");
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_TOO_SMALL);
    cr_assert_eq(scene.information.size, 5);
    cr_assert_eq(host_event_get(scene.to).event.Type, EVENT_MESSAGE);
    cr_assert_eq(AS(scene.to, message_next, USER(scene.buffer), 5, 0, DEADLINE_NOW).value, 5);
}

Test(message_handoff, a_thread_that_is_ended_after_it_was_given_one_has_taken_it) {
    struct scene scene = scene_make();
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    send(&scene, "hello");
    fiber_interrupt(receiver);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_OK);
    cr_assert_arr_eq(scene.buffer, "hello", 5);
}

Test(message_handoff, a_process_that_is_killed_after_it_was_given_one_leaves_nothing) {
    struct scene scene = scene_make();
    next(&scene, 256, DEADLINE_NEVER);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *other = FIBER_CALL(scene.to, message_next, USER_NOWHERE, 256, 0, DEADLINE_NEVER);
    send(&scene, "hello");
    send(&scene, "world");
    host_process_end(scene.to);
    cr_assert_eq(other->result.status, STATUS_BAD_ADDRESS);
    cr_assert_eq(used(&scene, ACCOUNT_MESSAGES), 0);
}

Test(message_handoff, a_thread_whose_deadline_passed_is_given_nothing_but_finds_it) {
    struct scene scene = scene_make();
    struct fiber *receiver = next(&scene, 256, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    send(&scene, "hello");
    fiber_run(receiver);
    cr_assert_eq(receiver->result.value, 5, "it looks a last time");
    cr_assert_eq(host_event_get(scene.to).status, STATUS_NOTHING);
}

Test(message_handoff, a_killed_sleeper_is_passed_over) {
    struct scene scene = scene_make();
    struct fiber *killed = FIBER_CALL(scene.to, message_next, USER_NOWHERE, 256, 0, DEADLINE_NEVER);
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    fiber_interrupt(killed);
    send(&scene, "hello");
    fiber_run(receiver);
    fiber_run(killed);
    cr_assert_eq(killed->result.status, STATUS_INTERRUPTED);
    cr_assert_eq(receiver->result.value, 5);
}

Test(message_handoff, R_B1_one_that_is_too_long_for_the_first_goes_to_the_next) {
    struct scene scene = scene_make(), other = scene;
    struct fiber *small = next(&other, 3, DEADLINE_NEVER);
    struct fiber *large = next(&scene, 256, DEADLINE_NEVER);
    send(&scene, "hello");
    fiber_run(small);
    cr_assert_eq(small->result.status, STATUS_TOO_SMALL);
    fiber_run(large);
    cr_assert_eq(large->result.value, 5);
}

Test(message_handoff, R_B1_one_that_the_first_could_not_copy_out_goes_to_the_next) {
    struct scene scene = scene_make();
    struct fiber *bad = FIBER_CALL(scene.to, message_next, USER_NOWHERE, 256, 0, DEADLINE_NEVER);
    struct fiber *good = next(&scene, 256, DEADLINE_NEVER);
    send(&scene, "hello");
    cr_assert(fiber_is_waiting(good));
    fiber_run(bad);
    cr_assert_eq(bad->result.status, STATUS_BAD_ADDRESS);
    fiber_run(good);
    cr_assert_eq(good->result.value, 5);
}

// ---- who gets what ----

Test(message_handoff, who_has_waited_longest_gets_the_first) {
    struct scene scene = scene_make(), other = scene;
    struct fiber *first = next(&scene, 256, DEADLINE_NEVER);
    struct fiber *second = next(&other, 256, DEADLINE_NEVER);
    send(&scene, "one");
    send(&scene, "two");
    fiber_run(second);
    fiber_run(first);
    cr_assert_arr_eq(scene.buffer, "one", 3);
    cr_assert_arr_eq(other.buffer, "two", 3);
}

Test(message_handoff, who_waits_for_a_message_of_another_is_given_none) {
    struct scene scene = scene_make();
    struct process *third = host_process("third");
    struct message_filter filter = {.sender = third->id};
    struct message_information information;
    struct fiber *picky = FIBER_CALL(scene.to, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    send(&scene, "hello");
    fiber_run_all();
    cr_assert(fiber_is_waiting(picky));
    cr_assert_eq(receiver->result.value, 5);
}

Test(message_handoff, a_long_message_is_handed_over_too) {
    struct scene scene = scene_make();
    static char data[3 * PAGE_SIZE], buffer[3 * PAGE_SIZE];
    memset(data, 'x', sizeof(data));
    struct fiber *receiver = FIBER_CALL(scene.to, message_next, USER(buffer), sizeof(buffer), 0, DEADLINE_NEVER);
    cr_assert_eq(AS(scene.from, message_send, scene.to->id, USER(data), sizeof(data), 0, DEADLINE_NOW).status,
                 STATUS_OK);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.value, sizeof(data));
    cr_assert_arr_eq(buffer, data, sizeof(data));
    cr_assert_eq(used(&scene, ACCOUNT_MESSAGE_BYTES), 0);
}

Test(message_handoff, numbers_arrive_with_it) {
    struct scene scene = scene_make();
    struct message_options options = {.number_count = 1, .rights = {RIGHTS_ALL}};
    options.numbers[0] = host_machine_number(scene.from, RIGHT_SEND | RIGHT_LINE);
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    AS(scene.from, message_send, scene.to->id, USER("x"), 1, USER(&options), DEADLINE_NOW);
    fiber_run(receiver);
    cr_assert_eq(scene.information.number_count, 1);
    struct object *object;
    cr_assert_eq(number_find(&scene.to->numbers, scene.information.numbers[0], OBJECT_MACHINE, RIGHT_LINE, &object),
                 STATUS_OK);
    object_release(object);
}

// ---- memory ----

Test(message_handoff, without_memory_a_receiver_still_sleeps_and_gets_it) {
    struct scene scene = scene_fresh();
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    fiber_set_pauses(0);
    allocation_fail_at(1);
    fiber_run(receiver);
    cr_assert(allocation_has_failed());
    cr_assert(fiber_is_waiting(receiver));
    send(&scene, "hello");
    fiber_run(receiver);
    cr_assert_eq(receiver->result.value, 5);
}

Test(message_handoff, without_memory_to_remember_it_by_it_is_pending_again) {
    struct scene scene = scene_fresh();
    fiber_set_pauses(PAUSE_ALLOCATE);
    struct fiber *receiver = next(&scene, 256, DEADLINE_NEVER);
    fiber_set_pauses(0);
    allocation_fail_at(1);
    fiber_run(receiver);
    cr_assert(allocation_has_failed());
    send(&scene, "hello");
    allocation_fail_at(1);
    fiber_run(receiver);
    cr_assert(allocation_has_failed());
    cr_assert_eq(receiver->result.status, STATUS_NO_MEMORY);
    cr_assert_eq(AS(scene.to, message_next, USER(scene.buffer), 256, 0, DEADLINE_NOW).value, 5);
}

// ---- R-B1: nothing is lost in any order of steps ----

enum { RECEIVERS = 3, STREAM_MESSAGES = 20000 };

struct stream {
    struct process *from, *to;
    uint32_t sent, received;
    uint64_t sum_sent, sum_received;
};

static void stream_receive(void *argument) {
    struct stream *stream = argument;
    uint64_t value;
    uint32_t round = 0;
    for (;;) {
        bool fails = ++round % 5 == 0; // now and then the buffer is none
        uint64_t arguments[6] = {fails ? USER_NOWHERE : USER(&value), sizeof(value), 0, clock_now() + 1000};
        struct result result = fiber_invoke((call_function *)call_message_next, arguments);
        if (result.status == STATUS_INTERRUPTED)
            return;
        if (result.status != STATUS_OK)
            continue;
        stream->received++;
        stream->sum_received += value;
    }
}

static void stream_send(struct stream *stream) {
    uint64_t value = (uint64_t)stream->sent * stream->sent;
    struct result result = AS(stream->from, message_send, stream->to->id, USER(&value), sizeof(value), 0, DEADLINE_NOW);
    if (result.status != STATUS_OK)
        return;
    stream->sent++;
    stream->sum_sent += value;
}

static void some_step(struct stream *stream, struct fiber *fibers[], uint32_t choice) {
    struct fiber *fiber = fibers[choice % RECEIVERS];
    if (choice % 7 == 0)
        machine_clock_advance(500);
    else if (fiber_is_ready(fiber))
        fiber_run(fiber);
    else
        stream_send(stream);
}

Test(message_handoff, R_B1_no_message_of_a_stream_is_lost_between_several_receivers, .timeout = 100) {
    struct stream stream = {.from = host_process("from"), .to = host_process("to")};
    struct fiber *fibers[RECEIVERS];
    uint32_t seed = 4711;
    for (int i = 0; i < RECEIVERS; i++)
        fibers[i] = fiber_start(stream.to, stream_receive, &stream);
    fiber_set_pauses(PAUSE_COPY | PAUSE_ALLOCATE);
    while (stream.sent < STREAM_MESSAGES) {
        seed = seed * 1664525 + 1013904223;
        some_step(&stream, fibers, seed >> 16);
    }
    for (int i = 0; i < 10000 && stream.received < stream.sent; i++)
        some_step(&stream, fibers, 7 * (uint32_t)i + (uint32_t)i % 2);
    fiber_set_pauses(0);
    while (stream.received < stream.sent) {
        uint32_t before = stream.received;
        machine_clock_advance(2000);
        for (int i = 0; i < 2 * RECEIVERS; i++)
            if (fiber_is_ready(fibers[i % RECEIVERS]))
                fiber_run(fibers[i % RECEIVERS]);
        cr_assert(stream.received > before || fiber_is_waiting(fibers[0]), "%u of %u", stream.received, stream.sent);
    }
    cr_assert_eq(stream.sum_received, stream.sum_sent);
    host_process_end(stream.to);
}
