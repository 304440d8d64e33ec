// Tests of calls through ports: answered once, given up, cancelled, broken off by the end of either side.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/port.h"
#include "kernel/abi/event.h"
#include "kernel/abi/interface.h"
#include "tests/unit/ports.h"

TestSuite(port_calls, .init = host_start, .fini = host_finish);

static struct fiber *receiver_of(struct port_scene *scene) {
    return FIBER_CALL(scene->server, port_receive, scene->port, USER(scene->buffer), USER(&scene->information),
                      DEADLINE_NEVER);
}

static struct fiber *answerer_of(struct port_scene *scene, uint64_t id, uint64_t deadline) {
    return FIBER_CALL(scene->server, port_reply_receive, scene->port, id, USER(scene->buffer),
                      USER(&scene->information), deadline);
}

// ---- there and back ----

Test(port_calls, a_call_that_is_queued_is_taken_and_answered) {
    struct port_scene scene = port_scene_make();
    scene.request[0] = 3;
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_CALL);
    cr_assert_eq(port_charged(scene.client), 0, "a call waits with its caller");
    struct result taken = port_take_now(&scene);
    cr_assert_eq(taken.status, STATUS_OK);
    cr_assert_eq(scene.information.kind, PORT_CALLED);
    cr_assert_eq(scene.information.process, scene.client->id);
    cr_assert_eq(scene.buffer[0], 3);
    cr_assert_eq(fiber_wait_reason(caller), WAIT_PORT_REPLY);
    cr_assert_eq(port_answer_word(&scene, taken.value, 33).status, STATUS_OK);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
    cr_assert_eq(scene.request[0], 33);
}

Test(port_calls, a_receiver_that_waits_is_given_the_call) {
    struct port_scene scene = port_scene_make();
    struct fiber *receiver = receiver_of(&scene);
    scene.request[0] = 4;
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_OK);
    cr_assert_eq(scene.buffer[0], 4);
    scene.buffer[0] = 44;
    struct fiber *answerer = answerer_of(&scene, receiver->result.value, DEADLINE_NEVER);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
    cr_assert_eq(scene.request[0], 44);
    cr_assert_eq(fiber_wait_reason(answerer), WAIT_PORT_MESSAGE);
    port_caller(&scene, DEADLINE_NEVER);
    fiber_run(answerer);
    cr_assert_eq(scene.information.kind, PORT_CALLED);
}

Test(port_calls, who_answers_and_finds_more_goes_on_with_that) {
    struct port_scene scene = port_scene_make();
    struct fiber *first = port_caller(&scene, DEADLINE_NEVER);
    uint64_t id = port_take_now(&scene).value;
    struct fiber *second = port_caller(&scene, DEADLINE_NEVER);
    struct fiber *answerer = answerer_of(&scene, id, DEADLINE_NEVER);
    cr_assert(answerer->returned);
    fiber_run(first);
    cr_assert_eq(first->result.status, STATUS_OK);
    cr_assert_eq(answerer->result.value, id + 1);
    cr_assert(fiber_is_waiting(second));
}

Test(port_calls, who_answers_and_does_not_want_to_wait_has_answered) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    struct fiber *answerer = answerer_of(&scene, port_take_now(&scene).value, DEADLINE_NOW);
    cr_assert_eq(answerer->result.status, STATUS_WOULD_WAIT);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
}

// R-P3, R-P4: with the queue full and no memory at all.
Test(port_calls, a_reply_needs_neither_room_nor_memory) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    uint64_t id = port_take_now(&scene).value;
    for (int i = 0; i < 4; i++)
        AS(scene.client, port_send, scene.entry, USER(scene.buffer), 0, DEADLINE_NOW);
    account_set_limit(scene.client->account, ACCOUNT_PORT_MESSAGES, 0);
    allocation_fail_at(1);
    cr_assert_eq(port_answer_word(&scene, id, 7).status, STATUS_OK);
    fiber_run(caller);
    cr_assert_not(allocation_has_failed());
    cr_assert_eq(scene.request[0], 7);
}

Test(port_calls, a_call_needs_no_room_in_a_full_port) {
    struct port_scene scene = port_scene_make();
    for (int i = 0; i < 4; i++)
        AS(scene.client, port_send, scene.entry, USER(scene.buffer), 0, DEADLINE_NOW);
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    for (int i = 0; i < 4; i++)
        port_take_now(&scene);
    cr_assert_eq(port_answer_word(&scene, port_take_now(&scene).value, 8).status, STATUS_OK);
    fiber_run(caller);
    cr_assert_eq(scene.request[0], 8);
}

static enum status call_briefly(void *context) {
    struct port_scene *scene = context;
    struct fiber *caller = port_caller(scene, clock_now() + SECOND);
    if (caller->returned)
        return (enum status)caller->result.status;
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    return caller->result.status == STATUS_TIMED_OUT ? STATUS_OK : STATUS_CORRUPT;
}

Test(port_calls, calls_reuse_their_block) {
    struct port_scene scene = port_scene_make();
    cr_assert_eq(call_briefly(&scene), STATUS_OK);
    size_t blocks = allocation_blocks();
    for (int i = 0; i < 3; i++)
        cr_assert_eq(call_briefly(&scene), STATUS_OK);
    cr_assert_eq(allocation_blocks(), blocks);
}

Test(port_calls, a_call_without_memory_fails_before_it_is_made) {
    struct port_scene scene = port_scene_make();
    allocation_fail_at(1);
    cr_assert_eq(AS(scene.client, port_call, scene.entry, USER(scene.request), 0, SECOND).status, STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
}

Test(port_calls, bad_addresses_and_a_deadline_of_now_call_nobody) {
    struct port_scene scene = port_scene_make();
    cr_assert_eq(AS(scene.client, port_call, scene.entry, USER_NOWHERE, 0, SECOND).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.client, port_call, scene.entry, USER(scene.request), USER_NOWHERE, SECOND).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.client, port_call, scene.entry, USER(scene.request), 0, DEADLINE_NOW).status,
                 STATUS_WOULD_WAIT);
    cr_assert_eq(AS(scene.client, port_call, 0, USER(scene.request), 0, SECOND).status, STATUS_BAD_NUMBER);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
}

// ---- replies ----

// R-P2
Test(port_calls, a_reply_is_accepted_once_and_for_a_call_of_this_port_alone) {
    struct port_scene scene = port_scene_make();
    struct process *stranger = host_process("stranger");
    uint64_t entry, other = port_make_number(stranger, PORT_OF_OBJECT, 0, &entry);
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    cr_assert_eq(port_answer_word(&scene, 1, 0).status, STATUS_NOT_FOUND, "it was not received yet");
    uint64_t id = port_take_now(&scene).value;
    cr_assert_eq(AS(stranger, port_reply, other, id, USER(scene.buffer), 0).status, STATUS_NOT_FOUND);
    cr_assert_eq(port_answer_word(&scene, id + 1, 0).status, STATUS_NOT_FOUND);
    cr_assert_eq(port_answer_word(&scene, 0, 0).status, STATUS_NOT_FOUND);
    cr_assert_eq(port_answer_word(&scene, id, 5).status, STATUS_OK);
    cr_assert_eq(port_answer_word(&scene, id, 6).status, STATUS_NOT_FOUND);
    fiber_run(caller);
    cr_assert_eq(scene.request[0], 5);
}

Test(port_calls, a_reply_that_cannot_be_read_leaves_the_call_to_be_answered) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    uint64_t id = port_take_now(&scene).value;
    cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER_NOWHERE, 0).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER(scene.buffer), USER_NOWHERE).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.server, port_reply_receive, scene.port, id, USER_NOWHERE, 0, DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.server, port_reply_receive, scene.port, id + 1, USER(scene.buffer), 0, DEADLINE_NOW).status,
                 STATUS_NOT_FOUND);
    cr_assert(fiber_is_waiting(caller));
    cr_assert_eq(port_answer_word(&scene, id, 5).status, STATUS_OK);
}

Test(port_calls, many_taken_calls_are_answered_in_any_order) {
    enum { CALLS = 40 };
    struct port_scene scene = port_scene_make();
    uint64_t words[CALLS][PORT_WORDS], ids[CALLS];
    struct fiber *callers[CALLS];
    for (uint64_t i = 0; i < CALLS; i++) {
        callers[i] = FIBER_CALL(scene.client, port_call, scene.entry, USER(words[i]), 0, DEADLINE_NEVER);
        ids[i] = port_take_now(&scene).value;
    }
    for (uint64_t i = 0; i < CALLS; i++) {
        uint64_t which = i * 7 % CALLS;
        cr_assert_eq(port_answer_word(&scene, ids[which], 100 + which).status, STATUS_OK);
        fiber_run(callers[which]);
        cr_assert_eq(words[which][0], 100 + which);
    }
}

static struct fiber *cargo_caller(struct port_scene *scene, struct port_cargo *cargo) {
    return FIBER_CALL(scene->client, port_call, scene->entry, USER(scene->request), USER(cargo), DEADLINE_NEVER);
}

Test(port_calls, numbers_travel_both_ways) {
    struct port_scene scene = port_scene_make();
    struct port_cargo cargo = {.number = (int32_t)scene.entry, .rights = RIGHT_WRITE};
    struct fiber *caller = cargo_caller(&scene, &cargo);
    uint64_t id = port_take_now(&scene).value;
    struct port_cargo back = {.number = (int32_t)scene.port, .rights = RIGHTS_ALL};
    cr_assert_gt(scene.information.cargo.number, 0);
    cr_assert_eq(AS(scene.server, port_reply, scene.port, 99, USER(scene.buffer), USER(&back)).status,
                 STATUS_NOT_FOUND);
    cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER(scene.buffer), USER(&back)).status, STATUS_OK);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
    cr_assert_eq(AS(scene.client, port_receive, cargo.number, USER(scene.request), 0, DEADLINE_NOW).status,
                 STATUS_WOULD_WAIT);
}

Test(port_calls, where_no_number_comes_back_that_is_told) {
    struct port_scene scene = port_scene_make();
    struct port_cargo cargo = {.number = NUMBER_NONE};
    uint64_t used = scene.client->numbers.used;
    struct fiber *caller = cargo_caller(&scene, &cargo);
    port_answer_word(&scene, port_take_now(&scene).value, 1);
    cargo.number = 77;
    fiber_run(caller);
    cr_assert_eq(cargo.number, NUMBER_NONE);
    cr_assert_eq(scene.client->numbers.used, used);
}

Test(port_calls, a_number_that_nobody_wants_is_dropped) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, DEADLINE_NEVER);
    struct port_cargo back = {.number = (int32_t)scene.port, .rights = RIGHTS_ALL};
    uint64_t id = port_take_now(&scene).value;
    cr_assert_eq(AS(scene.server, port_reply, scene.port, id, USER(scene.buffer), USER(&back)).status, STATUS_OK);
    fiber_run(caller);
    port_close_number(scene.server, (uint64_t)scene.port);
    cr_assert_eq(AS(scene.client, port_send, scene.entry, USER(scene.request), 0, 0).status, STATUS_PEER_DIED);
}

Test(port_calls, without_a_place_for_a_number_the_call_is_not_made) {
    struct port_scene scene = port_scene_make();
    struct port_cargo cargo = {.number = NUMBER_NONE};
    account_set_limit(scene.client->account, ACCOUNT_NUMBERS, scene.client->numbers.used);
    cr_assert_eq(AS(scene.client, port_call, scene.entry, USER(scene.request), USER(&cargo), SECOND).status,
                 STATUS_LIMIT_REACHED);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
}

// ---- giving up ----

Test(port_calls, a_call_that_was_not_taken_is_taken_back) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
}

// R-P10, R-P2
Test(port_calls, the_receiver_of_a_call_is_told_that_its_caller_gave_up_and_its_reply_is_late) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    uint64_t id = port_take_now(&scene).value;
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    struct fiber *newer = port_caller(&scene, DEADLINE_NEVER);
    scene.buffer[0] = 1234;
    struct result told = port_take_now(&scene);
    cr_assert_eq(told.value, id);
    cr_assert_eq(scene.information.kind, PORT_CANCELLED);
    cr_assert_eq(scene.buffer[0], 1234, "the buffer was left as it was");
    cr_assert_eq(port_answer_word(&scene, id, 1).status, STATUS_NOT_FOUND);
    cr_assert(fiber_is_waiting(newer), "a late reply goes to no newer call");
    cr_assert_eq(port_take_now(&scene).value, id + 1);
}

Test(port_calls, a_receiver_that_waits_is_told_at_once) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    uint64_t id = port_take_now(&scene).value;
    struct fiber *receiver = receiver_of(&scene);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.value, id);
    cr_assert_eq(scene.information.kind, PORT_CANCELLED);
}

Test(port_calls, a_cancellation_that_cannot_be_copied_out_is_told_again) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    uint64_t id = port_take_now(&scene).value;
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(AS(scene.server, port_receive, scene.port, USER(scene.buffer), USER_NOWHERE, DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(port_take_now(&scene).value, id);
    cr_assert_eq(scene.information.kind, PORT_CANCELLED);
}

Test(port_calls, a_cancellation_that_nobody_took_goes_with_the_port) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    port_take_now(&scene);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    port_close_number(scene.server, (uint64_t)scene.port);
}

Test(port_calls, an_answer_between_the_deadline_and_the_caller_counts) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    uint64_t id = port_take_now(&scene).value;
    machine_clock_advance(2 * (uint64_t)SECOND);
    cr_assert_eq(port_answer_word(&scene, id, 12).status, STATUS_OK);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
    cr_assert_eq(scene.request[0], 12);
}

Test(port_calls, an_answer_in_time_stops_the_deadline) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    uint64_t id = port_take_now(&scene).value;
    port_answer_word(&scene, id, 13);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_OK);
}

Test(port_calls, a_caller_that_is_killed_is_told_like_one_that_gave_up) {
    struct port_scene scene = port_scene_make();
    port_caller(&scene, DEADLINE_NEVER);
    uint64_t id = port_take_now(&scene).value;
    uint64_t keep = port_pass_number(scene.client, scene.entry, scene.server);
    host_process_end(scene.client);
    cr_assert_eq(port_take_now(&scene).value, id);
    cr_assert_eq(scene.information.kind, PORT_CANCELLED);
    port_close_number(scene.server, (uint64_t)keep);
}

// ---- between taking and having taken: the receiver pauses while it copies out ----

static struct fiber *paused_receiver(struct port_scene *scene, uint64_t buffer) {
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *receiver =
        FIBER_CALL(scene->server, port_receive, scene->port, buffer, USER(&scene->information), DEADLINE_NOW);
    fiber_set_pauses(0);
    return receiver;
}

Test(port_calls, a_caller_that_gives_up_while_its_call_is_copied_out_is_told_afterwards) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    struct fiber *receiver = paused_receiver(&scene, USER(scene.buffer));
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_TIMED_OUT);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_OK);
    cr_assert_eq(scene.information.kind, PORT_CALLED);
    cr_assert_eq(port_answer_word(&scene, receiver->result.value, 0).status, STATUS_NOT_FOUND);
    cr_assert_eq(port_take_now(&scene).value, receiver->result.value);
    cr_assert_eq(scene.information.kind, PORT_CANCELLED);
}

Test(port_calls, a_call_that_cannot_be_copied_out_is_the_first_again) {
    struct port_scene scene = port_scene_make();
    port_caller(&scene, DEADLINE_NEVER);
    port_caller(&scene, DEADLINE_NEVER);
    struct fiber *receiver = FIBER_CALL(scene.server, port_receive, scene.port, USER_NOWHERE, 0, DEADLINE_NOW);
    cr_assert_eq(receiver->result.status, STATUS_BAD_ADDRESS);
    cr_assert_eq(port_take_now(&scene).value, 1);
}

Test(port_calls, one_that_cannot_be_copied_out_and_was_given_up_is_gone) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = port_caller(&scene, SECOND);
    struct fiber *receiver = paused_receiver(&scene, USER_NOWHERE);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(caller);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_BAD_ADDRESS);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
}

static void close_while_it_is_copied_out(uint64_t buffer_is_good, bool call) {
    struct port_scene scene = port_scene_make();
    struct fiber *caller = 0;
    if (call)
        caller = port_caller(&scene, DEADLINE_NEVER);
    else
        AS(scene.client, port_send, scene.entry, USER(scene.request), 0, DEADLINE_NOW);
    struct fiber *receiver = paused_receiver(&scene, buffer_is_good ? USER(scene.buffer) : USER_NOWHERE);
    port_close_number(scene.server, (uint64_t)scene.port);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, buffer_is_good ? STATUS_OK : STATUS_BAD_ADDRESS);
    if (!call)
        return;
    fiber_run(caller);
    cr_assert_eq(caller->result.status, STATUS_PEER_DIED);
}

Test(port_calls, a_port_that_closes_while_a_call_is_copied_out_ends_it) {
    close_while_it_is_copied_out(true, true);
    close_while_it_is_copied_out(false, true);
    close_while_it_is_copied_out(true, false);
    close_while_it_is_copied_out(false, false);
}

// ---- the end of the server ----

// R-P7; R-P5: not the status of a deadline
Test(port_calls, the_servers_end_completes_the_calls_that_it_took_and_those_that_are_queued) {
    struct port_scene scene = port_scene_make();
    struct fiber *taken = port_caller(&scene, SECOND);
    port_take_now(&scene);
    struct fiber *queued = port_caller(&scene, SECOND);
    host_process_end(scene.server);
    cr_assert_eq(taken->result.status, STATUS_PEER_DIED);
    cr_assert_eq(queued->result.status, STATUS_PEER_DIED);
}

Test(port_calls, of_two_servers_at_one_port_the_end_of_one_completes_what_it_took) {
    struct port_scene scene = port_scene_make();
    struct process *second = host_process("second");
    uint64_t port = port_pass_number(scene.server, scene.port, second);
    struct fiber *mine = port_caller(&scene, DEADLINE_NEVER);
    uint64_t first = port_take_now(&scene).value, buffer[PORT_WORDS];
    struct fiber *theirs = port_caller(&scene, DEADLINE_NEVER);
    cr_assert_eq(AS(second, port_receive, port, USER(buffer), 0, DEADLINE_NOW).status, STATUS_OK);
    host_process_end(second);
    cr_assert_eq(theirs->result.status, STATUS_PEER_DIED);
    cr_assert(fiber_is_waiting(mine));
    cr_assert_eq(port_answer_word(&scene, first, 1).status, STATUS_OK);
}

static struct process *service_make(uint64_t *entry) {
    struct process *service = host_process("service");
    struct interface_register wish = {.id = 0x2000, .version = 1, .clients = 1, .data_size = PAGE_SIZE};
    port_make_number(service, PORT_OF_PROCESS, 4, entry);
    cr_assert_eq(AS(service, interface_register, USER(&wish)).status, STATUS_OK);
    return service;
}

Test(port_calls, who_holds_the_entry_of_a_service_that_was_started_anew_is_told_R_P7) {
    uint64_t entry, second_entry, words[PORT_WORDS] = {0};
    struct process *client = host_process("client"), *service = service_make(&entry);
    uint64_t kept = port_pass_number(service, entry, client);
    host_process_end(service);
    cr_assert_eq(AS(client, port_send, kept, USER(words), 0, DEADLINE_NOW).status, STATUS_PEER_DIED);
    cr_assert_eq(FIBER_CALL(client, port_call, kept, USER(words), 0, SECOND)->result.status, STATUS_PEER_DIED);
    service_make(&second_entry);
    cr_assert_eq(AS(client, port_send, kept, USER(words), 0, DEADLINE_NOW).status, STATUS_RESTARTED);
    cr_assert_eq(FIBER_CALL(client, port_call, kept, USER(words), 0, SECOND)->result.status, STATUS_RESTARTED);
}
