// Tests of ports: made, found, sent to, received from, closed, described.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/port.h"
#include "kernel/abi/event.h"
#include "kernel/base/writer.h"
#include "tests/unit/ports.h"

TestSuite(ports, .init = host_start, .fini = host_finish);

static struct result send_word(struct port_scene *scene, uint64_t word, uint64_t deadline) {
    scene->request[0] = word;
    return AS(scene->client, port_send, scene->entry, USER(scene->request), 0, deadline);
}

// ---- making ----

Test(ports, only_sound_plans_make_one) {
    struct process *process = host_process("maker");
    static const struct {
        struct port_create plan;
        enum status status;
    } cases[] = {
        {{.message_size = 0}, STATUS_INVALID_ARGUMENT},
        {{.message_size = 8}, STATUS_INVALID_ARGUMENT},
        {{.message_size = 20}, STATUS_INVALID_ARGUMENT},
        {{.message_size = 64, .scope = 3}, STATUS_INVALID_ARGUMENT},
        {{.message_size = 520}, STATUS_TOO_LARGE},
        {{.message_size = 64, .capacity = PORT_CAPACITY_MAX + 1}, STATUS_TOO_LARGE},
        {{.message_size = 16}, STATUS_OK},
        {{.message_size = 512, .capacity = PORT_CAPACITY_MAX}, STATUS_OK},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct port_create plan = cases[i].plan;
        cr_assert_eq(AS(process, port_create, USER(&plan)).status, cases[i].status, "case %zu", i);
    }
    cr_assert_eq(AS(process, port_create, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
}

static enum status create_one(void *context) {
    struct process *process = context;
    struct port_create plan = {.message_size = 64, .scope = PORT_OF_PROCESS};
    struct result made = AS(process, port_create, USER(&plan));
    if (made.status == STATUS_OK) {
        port_close_number(process, (uint64_t)made.value);
        port_close_number(process, (uint64_t)plan.entry);
    }
    return (enum status)made.status;
}

Test(ports, making_one_fails_cleanly_at_every_allocation) {
    struct process *process = host_process("maker");
    create_one(process); // the number table has its pages
    struct host_operation operation = {create_one, 0, process};
    cr_assert_geq(host_fail_each_allocation(&operation), 2);
}

Test(ports, making_one_without_numbers_or_objects_left_changes_nothing) {
    struct process *process = host_process("maker");
    struct port_create plan = {.message_size = 64};
    create_one(process); // the number table has its pages
    static const enum account_item items[] = {ACCOUNT_NUMBERS, ACCOUNT_OBJECTS};
    for (int i = 0; i < 2; i++) {
        for (uint64_t more = 0; more < 2; more++) {
            struct account_line *line = &process->account->lines[items[i]];
            account_set_limit(process->account, items[i], line->used + more);
            struct host_figures before = host_figures();
            cr_assert_eq(AS(process, port_create, USER(&plan)).status, STATUS_LIMIT_REACHED);
            host_figures_expect(&before, "after a refusal");
            account_set_limit(process->account, items[i], 1000);
        }
    }
}

Test(ports, a_plan_that_cannot_be_written_back_makes_none) {
    struct process *process = host_process("maker");
    struct port_create plan = {.message_size = 64, .scope = PORT_OF_PROCESS};
    user_memory_forbid(0, 0);
    cr_assert_eq(create_one(process), STATUS_OK);
    user_memory_set_paging(false);
    struct result made = AS(process, port_create, USER(&plan));
    cr_assert_eq(made.status, STATUS_OK);
    struct port_create again = plan;
    cr_assert_eq(AS(process, port_create, USER(&again)).status, STATUS_EXISTS);
}

// ---- finding ----

Test(ports, the_port_of_a_process_is_found_by_its_id) {
    struct process *server = host_process("server"), *client = host_process("client");
    uint64_t entry, port = port_make_number(server, PORT_OF_PROCESS, 0, &entry), word[PORT_WORDS] = {7},
                    got[PORT_WORDS];
    cr_assert_eq(AS(client, port_open, 4711, 0, DEADLINE_NOW).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(client, port_open, client->id, 0, DEADLINE_NOW).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(client, port_open, server->id, 99, DEADLINE_NOW).status, STATUS_NOT_FOUND);
    struct result opened = AS(client, port_open, server->id, 0, DEADLINE_NOW);
    cr_assert_eq(opened.status, STATUS_OK);
    cr_assert_eq(AS(client, port_send, opened.value, USER(word), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(AS(server, port_receive, port, USER(got), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(got[0], 7);
    port_close_number(server, (uint64_t)port);
    cr_assert_eq(AS(client, port_open, server->id, 0, DEADLINE_NOW).status, STATUS_NOT_FOUND);
}

Test(ports, who_opens_a_port_waits_for_it_to_be_made) {
    struct process *server = host_process("server"), *client = host_process("client");
    struct fiber *opener = FIBER_CALL(client, port_open, server->id, 0, DEADLINE_NEVER);
    struct fiber *late = FIBER_CALL(client, port_open, server->id, 0, SECOND);
    cr_assert_eq(fiber_wait_reason(opener), WAIT_PORT_MADE);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(late);
    cr_assert_eq(late->result.status, STATUS_TIMED_OUT);
    uint64_t entry;
    port_make_number(server, PORT_OF_PROCESS, 0, &entry);
    fiber_run(opener);
    cr_assert_eq(opener->result.status, STATUS_OK);
}

Test(ports, who_waits_for_the_port_of_a_process_that_ends_is_told) {
    struct process *server = host_process("server"), *client = host_process("client");
    struct fiber *opener = FIBER_CALL(client, port_open, server->id, 0, DEADLINE_NEVER);
    host_process_end(server);
    cr_assert_eq(opener->result.status, STATUS_PEER_DIED);
}

Test(ports, the_gate_is_asked_before_one_is_found) {
    struct process *server = host_process("server"), *client = host_process("client");
    uint64_t entry;
    port_make_number(server, PORT_OF_PROCESS, 0, &entry);
    AS(server, gate_set, GATE_PORT, 0);
    cr_assert_eq(AS(client, port_open, server->id, 0, DEADLINE_NOW).status, STATUS_DENIED);
    cr_assert_eq(AS(server, port_open, server->id, 0, DEADLINE_NOW).status, STATUS_OK);
    AS(server, gate_set, GATE_PORT, UINT64_C(1) << HOST_USER);
    cr_assert_eq(AS(client, port_open, server->id, 0, DEADLINE_NOW).status, STATUS_OK);
}

Test(ports, an_ended_process_has_none_to_be_found) {
    struct process *server = host_process("server"), *client = host_process("client");
    uint64_t entry;
    port_make_number(server, PORT_OF_PROCESS, 0, &entry);
    uint64_t opened = AS(client, port_open, server->id, 0, DEADLINE_NOW).value;
    uint64_t word[PORT_WORDS] = {0};
    host_process_end(server);
    cr_assert_eq(AS(client, port_send, opened, USER(word), 0, DEADLINE_NOW).status, STATUS_PEER_DIED);
    cr_assert_eq(AS(client, port_call, opened, USER(word), 0, DEADLINE_NEVER).status, STATUS_PEER_DIED);
}

struct thread_port {
    struct process *process;
    uint64_t port, entry, thread;
};

static void have_thread_port(void *argument) {
    struct thread_port *made = argument;
    struct port_create plan = {.message_size = PORT_WORDS * 8, .scope = PORT_OF_THREAD};
    made->thread = thread_current()->object.id;
    made->port = call_port_create(user_of(&plan)).value;
    made->entry = (uint64_t)plan.entry;
    cr_assert_eq(call_port_create(user_of(&plan)).status, STATUS_EXISTS);
    call_event_wait(SECOND);
    uint64_t got[PORT_WORDS];
    cr_assert_eq(call_port_receive((int32_t)made->port, user_of(got), (struct user_address){0}, DEADLINE_NOW).status,
                 STATUS_OK, "it alone may");
}

Test(ports, the_port_of_a_thread_is_its_own_and_closes_with_it) {
    struct process *server = host_process("server"), *client = host_process("client");
    struct thread_port made = {.process = server};
    struct fiber *owner = fiber_start(server, have_thread_port, &made);
    uint64_t opened = AS(client, port_open, server->id, made.thread, DEADLINE_NOW).value, word[PORT_WORDS] = {0};
    cr_assert_neq(opened, 0);
    cr_assert_eq(AS(client, port_send, opened, USER(word), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(AS(server, port_receive, made.port, USER(word), 0, DEADLINE_NOW).status, STATUS_DENIED);
    struct fiber *caller = FIBER_CALL(client, port_call, opened, USER(word), 0, DEADLINE_NEVER);
    fiber_interrupt(owner);
    fiber_run_all();
    cr_assert_eq(caller->result.status, STATUS_PEER_DIED);
    cr_assert_eq(AS(client, port_open, server->id, made.thread, DEADLINE_NOW).status, STATUS_NOT_FOUND);
    cr_assert_eq(AS(client, port_send, opened, USER(word), 0, DEADLINE_NOW).status, STATUS_PEER_DIED);
}

// ---- sending and receiving ----

Test(ports, messages_come_out_in_the_order_they_went_in_with_their_sender) {
    struct port_scene scene = port_scene_make();
    struct result first = send_word(&scene, 11, DEADLINE_NOW), second = send_word(&scene, 22, DEADLINE_NOW);
    cr_assert_eq(first.status, STATUS_OK);
    cr_assert_gt(second.value, first.value);
    cr_assert_eq(port_charged(scene.client), 2);
    cr_assert_eq(port_take_now(&scene).value, first.value);
    struct port_information expected = {
        .id = first.value, .process = scene.client->id, .user = HOST_USER, .kind = PORT_SENT, .waiting = 1};
    cr_assert_arr_eq(&scene.information, &expected, sizeof(expected));
    cr_assert_eq(scene.buffer[0], 11);
    cr_assert_eq(port_take_now(&scene).value, second.value);
    cr_assert_eq(scene.buffer[0], 22);
    cr_assert_eq(port_take_now(&scene).status, STATUS_WOULD_WAIT);
    cr_assert_eq(port_charged(scene.client), 0);
}

Test(ports, rights_are_asked) {
    struct port_scene scene = port_scene_make();
    uint64_t port = port_pass_number(scene.server, scene.port, scene.client);
    cr_assert_eq(AS(scene.client, port_send, port, USER(scene.request), 0, DEADLINE_NOW).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(scene.client, port_receive, scene.entry, USER(scene.buffer), 0, DEADLINE_NOW).status,
                 STATUS_WRONG_TYPE);
    uint64_t weak_entry = port_copy_number(scene.client, scene.entry, RIGHT_WAIT);
    uint64_t weak_port = port_copy_number(scene.client, port, RIGHT_WAIT);
    cr_assert_eq(AS(scene.client, port_send, weak_entry, USER(scene.request), 0, DEADLINE_NOW).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.client, port_call, weak_entry, USER(scene.request), 0, SECOND).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.client, port_receive, weak_port, USER(scene.buffer), 0, DEADLINE_NOW).status,
                 STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.client, port_reply, weak_port, 1, USER(scene.buffer), 0).status, STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.client, port_reply_receive, weak_port, 1, USER(scene.buffer), 0, DEADLINE_NOW).status,
                 STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.client, port_receive, 0, USER(scene.buffer), 0, DEADLINE_NOW).status, STATUS_BAD_NUMBER);
}

Test(ports, a_receiver_that_waits_is_given_the_message_without_a_charge) {
    struct port_scene scene = port_scene_make();
    struct fiber *receiver = FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), 0, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(receiver), WAIT_PORT_MESSAGE);
    uint64_t id = send_word(&scene, 5, DEADLINE_NOW).value;
    cr_assert_eq(port_charged(scene.client), 0);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.value, id);
    cr_assert_eq(scene.buffer[0], 5);
}

// R-P1
Test(ports, a_full_port_tells_the_sender_or_lets_it_wait) {
    struct port_scene scene = port_scene_make();
    for (uint64_t i = 0; i < 4; i++)
        cr_assert_eq(send_word(&scene, i, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(send_word(&scene, 4, DEADLINE_NOW).status, STATUS_PEER_FULL);
    struct fiber *late = FIBER_CALL(scene.client, port_send, scene.entry, USER(scene.request), 0, SECOND);
    struct fiber *patient = FIBER_CALL(scene.client, port_send, scene.entry, USER(scene.request), 0, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(patient), WAIT_PORT_ROOM);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(late);
    cr_assert_eq(late->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK);
    fiber_run(patient);
    cr_assert_eq(patient->result.status, STATUS_OK);
    cr_assert_eq(port_charged(scene.client), 4);
}

// R-P1, R-B3: a flood by one sender leaves room for others.
Test(ports, a_sender_is_stopped_by_its_own_limit_before_the_port_is_full) {
    struct process *server = host_process("server"), *flood = host_process("flood"), *other = host_process("other");
    uint64_t entry, word[PORT_WORDS] = {0};
    port_make_number(server, PORT_OF_PROCESS, 0, &entry);
    uint64_t hostile = AS(flood, port_open, server->id, 0, DEADLINE_NOW).value,
             friendly = AS(other, port_open, server->id, 0, DEADLINE_NOW).value;
    uint32_t sent = 0;
    struct result result;
    while ((result = AS(flood, port_send, hostile, USER(word), 0, DEADLINE_NOW)).status == STATUS_OK)
        sent++;
    cr_assert_eq(result.status, STATUS_LIMIT_REACHED);
    cr_assert_lt(sent, PORT_CAPACITY_DEFAULT);
    cr_assert_eq(AS(other, port_send, friendly, USER(word), 0, DEADLINE_NOW).status, STATUS_OK);
}

Test(ports, the_queue_shrinks_again) {
    struct port_scene scene = port_scene_make();
    send_word(&scene, 0, DEADLINE_NOW);
    port_take_now(&scene);
    struct host_figures before = host_figures();
    for (uint64_t i = 0; i < 4; i++)
        send_word(&scene, i, DEADLINE_NOW);
    cr_assert_gt(allocation_blocks(), before.blocks);
    for (uint64_t i = 0; i < 4; i++)
        port_take_now(&scene);
    host_figures_expect(&before, "after all were received");
}

static enum status send_and_take(void *context) {
    struct port_scene *scene = context;
    send_word(scene, 1, DEADLINE_NOW);
    struct result result = send_word(scene, 2, DEADLINE_NOW);
    while (port_take_now(scene).status == STATUS_OK)
        ;
    return (enum status)result.status;
}

Test(ports, sending_fails_cleanly_without_memory) {
    struct port_scene scene = port_scene_make();
    send_and_take(&scene);
    struct host_operation operation = {send_and_take, 0, &scene};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
}

Test(ports, a_message_that_cannot_be_read_or_written_changes_nothing) {
    struct port_scene scene = port_scene_make();
    cr_assert_eq(AS(scene.client, port_send, scene.entry, USER_NOWHERE, 0, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.client, port_send, scene.entry, USER(scene.request), USER_NOWHERE, DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    uint64_t id = send_word(&scene, 3, DEADLINE_NOW).value;
    cr_assert_eq(AS(scene.server, port_receive, scene.port, USER_NOWHERE, 0, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(scene.server, port_receive, scene.port, USER(scene.buffer), USER_NOWHERE, DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(port_take_now(&scene).value, id);
}

Test(ports, a_number_travels_with_a_message) {
    struct port_scene scene = port_scene_make();
    uint64_t other_entry, other = port_make_number(scene.client, PORT_OF_OBJECT, 0, &other_entry);
    struct port_cargo cargo = {.number = (int32_t)other_entry, .rights = RIGHT_WRITE};
    cr_assert_eq(AS(scene.client, port_send, scene.entry, USER(scene.request), USER(&cargo), DEADLINE_NOW).status,
                 STATUS_OK);
    port_close_number(scene.client, (uint64_t)other_entry);
    cr_assert_eq(AS(scene.client, port_receive, other, USER(scene.request), 0, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    port_take_now(&scene);
    cr_assert_eq(scene.information.cargo.rights, RIGHT_WRITE);
    uint64_t word[PORT_WORDS] = {9};
    cr_assert_eq(AS(scene.server, port_send, scene.information.cargo.number, USER(word), 0, DEADLINE_NOW).status,
                 STATUS_OK);
    port_close_number(scene.server, (uint64_t)scene.information.cargo.number);
    cr_assert_eq(AS(scene.client, port_receive, other, USER(scene.request), 0, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(scene.request[0], 9);
}

// It would be its own last holder.
Test(ports, a_port_itself_does_not_travel_through_a_queue) {
    struct port_scene scene = port_scene_make();
    uint64_t entry, port = port_make_number(scene.client, PORT_OF_OBJECT, 0, &entry);
    struct port_cargo cargo = {.number = (int32_t)port, .rights = RIGHTS_ALL};
    struct host_figures before = host_figures();
    cr_assert_eq(AS(scene.client, port_send, entry, USER(scene.request), USER(&cargo), DEADLINE_NOW).status,
                 STATUS_WRONG_TYPE);
    cr_assert_eq(AS(scene.client, port_call, entry, USER(scene.request), USER(&cargo), SECOND).status,
                 STATUS_WRONG_TYPE);
    cr_assert_eq(before.objects, host_figures().objects);
    port_close_number(scene.client, port);
    cr_assert_eq(AS(scene.client, port_send, entry, USER(scene.request), 0, DEADLINE_NOW).status, STATUS_PEER_DIED);
}

Test(ports, a_number_travels_only_with_the_right_and_arrives_only_with_a_place) {
    struct port_scene scene = port_scene_make();
    uint64_t weak = port_copy_number(scene.client, scene.entry, RIGHT_WRITE);
    struct port_cargo cargo = {.number = (int32_t)weak, .rights = RIGHTS_ALL};
    uint64_t arguments[] = {scene.entry, USER(scene.request), USER(&cargo), DEADLINE_NOW};
    cr_assert_eq(AS(scene.client, port_send, arguments[0], arguments[1], arguments[2], 0).status, STATUS_NO_RIGHT);
    cargo.number = 12345;
    cr_assert_eq(AS(scene.client, port_send, arguments[0], arguments[1], arguments[2], 0).status, STATUS_BAD_NUMBER);
    cargo.number = (int32_t)scene.entry;
    cr_assert_eq(AS(scene.client, port_send, arguments[0], arguments[1], arguments[2], 0).status, STATUS_OK);
    account_set_limit(scene.server->account, ACCOUNT_NUMBERS, scene.server->account->lines[ACCOUNT_NUMBERS].used);
    cr_assert_eq(port_take_now(&scene).status, STATUS_LIMIT_REACHED);
    account_set_limit(scene.server->account, ACCOUNT_NUMBERS, 100);
    cr_assert_eq(
        AS(scene.server, port_receive, scene.port, USER_NOWHERE, USER(&scene.information), DEADLINE_NOW).status,
        STATUS_BAD_ADDRESS);
    // Without a place for information the number is lost, and nothing else.
    cr_assert_eq(AS(scene.server, port_receive, scene.port, USER(scene.buffer), 0, DEADLINE_NOW).status, STATUS_OK);
}

// ---- waiting ----

Test(ports, a_receiver_waits_until_its_deadline) {
    struct port_scene scene = port_scene_make();
    struct fiber *receiver = FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), 0, SECOND);
    machine_clock_advance(2 * (uint64_t)SECOND);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_TIMED_OUT);
}

Test(ports, what_comes_between_the_deadline_and_the_receiver_is_taken) {
    struct port_scene scene = port_scene_make();
    struct fiber *receiver = FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), 0, SECOND);
    machine_clock_advance(2 * (uint64_t)SECOND);
    send_word(&scene, 6, DEADLINE_NOW);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_OK);
    cr_assert_eq(scene.buffer[0], 6);
}

Test(ports, a_receiver_that_is_killed_leaves_the_message_to_the_next) {
    struct port_scene scene = port_scene_make();
    struct fiber *killed = FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), 0, DEADLINE_NEVER);
    struct fiber *next = FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), 0, DEADLINE_NEVER);
    fiber_interrupt(killed);
    uint64_t id = send_word(&scene, 8, DEADLINE_NOW).value;
    fiber_run_all();
    cr_assert_eq(killed->result.status, STATUS_INTERRUPTED);
    cr_assert_eq(next->result.value, id);
}

Test(ports, who_waits_where_nobody_can_send_any_more_is_told) {
    struct port_scene scene = port_scene_make();
    struct fiber *receiver = FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), 0, DEADLINE_NEVER);
    send_word(&scene, 1, DEADLINE_NOW);
    fiber_run(receiver);
    send_word(&scene, 2, DEADLINE_NOW);
    port_close_number(scene.client, (uint64_t)scene.entry);
    cr_assert_eq(port_take_now(&scene).status, STATUS_OK, "what was sent is still received");
    cr_assert_eq(port_take_now(&scene).status, STATUS_PEER_DIED);
}

Test(ports, who_waits_already_is_woken_for_that) {
    struct port_scene scene = port_scene_make();
    struct fiber *receiver = FIBER_CALL(scene.server, port_receive, scene.port, USER(scene.buffer), 0, DEADLINE_NEVER);
    port_close_number(scene.client, (uint64_t)scene.entry);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_PEER_DIED);
}

Test(ports, closing_the_port_wakes_senders_that_wait_for_room) {
    struct port_scene scene = port_scene_make();
    for (uint64_t i = 0; i < 4; i++)
        send_word(&scene, i, DEADLINE_NOW);
    struct fiber *sender = FIBER_CALL(scene.client, port_send, scene.entry, USER(scene.request), 0, DEADLINE_NEVER);
    port_close_number(scene.server, (uint64_t)scene.port);
    fiber_run(sender);
    cr_assert_eq(sender->result.status, STATUS_PEER_DIED);
    cr_assert_eq(port_charged(scene.client), 0, "what nobody received is dropped");
}

Test(ports, closing_the_port_wakes_receivers) {
    struct port_scene scene = port_scene_make();
    uint64_t copy = port_copy_number(scene.server, scene.port, RIGHTS_ALL);
    struct fiber *receiver = FIBER_CALL(scene.server, port_receive, copy, USER(scene.buffer), 0, DEADLINE_NEVER);
    port_close_number(scene.server, (uint64_t)scene.port);
    cr_assert(fiber_is_waiting(receiver));
    port_close_number(scene.server, (uint64_t)copy);
    fiber_run(receiver);
    cr_assert_eq(receiver->result.status, STATUS_PEER_DIED);
}

// ---- instruments ----

Test(ports, a_watch_tells_of_messages_room_and_the_end) {
    struct port_scene scene = port_scene_make();
    AS(scene.server, event_watch, scene.port, WATCH_READABLE | WATCH_CLOSED, 77);
    cr_assert_eq(host_event_get(scene.server).status, STATUS_NOTHING);
    send_word(&scene, 1, DEADLINE_NOW);
    struct host_event told = host_event_get(scene.server);
    cr_assert_eq(told.event.Action, WATCH_READABLE);
    cr_assert_eq(told.event.Data2, 77);
    for (uint64_t i = 1; i < 4; i++)
        send_word(&scene, i, DEADLINE_NOW);
    AS(scene.client, event_watch, scene.entry, WATCH_WRITABLE, 5);
    cr_assert_eq(host_event_get(scene.client).status, STATUS_NOTHING);
    port_take_now(&scene);
    cr_assert_eq(host_event_get(scene.client).event.Action, WATCH_WRITABLE);
    AS(scene.client, event_watch, scene.entry, WATCH_WRITABLE, 6);
    cr_assert_eq(host_event_get(scene.client).event.Action, WATCH_WRITABLE, "there is room already");
    AS(scene.client, event_watch, scene.entry, WATCH_CLOSED, 7);
    port_close_number(scene.server, (uint64_t)scene.port);
    cr_assert_eq(host_event_get(scene.client).event.Action, WATCH_CLOSED);
    AS(scene.client, event_watch, scene.entry, WATCH_CLOSED, 8);
    cr_assert_eq(host_event_get(scene.client).event.Action, WATCH_CLOSED);
}

Test(ports, a_watch_tells_that_nobody_can_send) {
    struct port_scene scene = port_scene_make();
    AS(scene.server, event_watch, scene.port, WATCH_CLOSED, 1);
    port_close_number(scene.client, (uint64_t)scene.entry);
    cr_assert_eq(host_event_get(scene.server).event.Action, WATCH_CLOSED);
    AS(scene.server, event_watch, scene.port, WATCH_CLOSED | WATCH_READABLE, 1);
    cr_assert_eq(host_event_get(scene.server).event.Action, WATCH_CLOSED | WATCH_READABLE);
}

static const char *described(struct process *process, uint64_t number) {
    static char text[1024];
    struct writer out;
    struct object *object;
    uint32_t rights;
    memset(text, 0, sizeof(text));
    writer_to_buffer(&out, text, sizeof(text));
    cr_assert_eq(number_find_rights(&process->numbers, (int32_t)number, &object, &rights), STATUS_OK);
    object_describe(object, &out);
    object_release(object);
    return text;
}

Test(ports, both_sides_are_described_in_words) {
    struct port_scene scene = port_scene_make();
    port_caller(&scene, DEADLINE_NEVER);
    port_take_now(&scene);
    send_word(&scene, 1, DEADLINE_NOW);
    const char *text = described(scene.server, scene.port);
    cr_assert_not_null(strstr(text, "of: an object\nmessage size: 64\nclosed: no\n"));
    cr_assert_not_null(strstr(text, "queue: 1, of these messages: 1 of 4, peak 1\ncalls taken: 1\n"));
    cr_assert_not_null(strstr(described(scene.client, scene.entry), "port: "));
}
