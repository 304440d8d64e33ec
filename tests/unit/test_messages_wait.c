// Tests of messages that are waited for: filters, replies, numbers that travel, and who can end which wait.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/message.h"
#include "kernel/abi/machine.h"
#include "tests/unit/host/host.h"

TestSuite(messages_wait, .init = host_start, .fini = host_finish);

static uint32_t send_with(struct process *from, struct process *to, const struct message_options *options) {
    struct result result = AS(from, message_send, to->id, USER("data"), 4, USER(options), DEADLINE_NOW);
    cr_assert_eq(result.status, STATUS_OK, "status %ld", (long)result.status);
    return (uint32_t)result.value;
}

static enum status send_status_with(struct process *from, struct process *to, const struct message_options *options) {
    return (enum status)AS(from, message_send, to->id, USER("data"), 4, USER(options), DEADLINE_NOW).status;
}

static enum status next(struct process *process) {
    char buffer[8];
    return (enum status)AS(process, message_next, USER(buffer), 8, 0, DEADLINE_NOW).status;
}

static uint32_t request(struct process *from, struct process *to) {
    struct message_options none = {0};
    uint32_t id = send_with(from, to, &none);
    cr_assert_eq(next(to), STATUS_OK);
    return id;
}

static enum status wait_for(struct process *process, uint32_t sender, uint32_t in_reply_to,
                            struct message_information *information) {
    struct message_filter filter = {.sender = sender, .in_reply_to = in_reply_to};
    return (enum status)AS(process, message_wait, USER(&filter), USER(information), DEADLINE_NOW).status;
}

// ---- waiting ----

Test(messages_wait, a_thread_sleeps_until_a_message_comes) {
    struct process *from = host_process("from"), *to = host_process("to");
    static char buffer[8];
    struct fiber *fiber = FIBER_CALL(to, message_next, USER(buffer), 8, 0, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(fiber), WAIT_MESSAGE);
    struct message_options none = {0};
    send_with(from, to, &none);
    fiber_run_all();
    cr_assert_eq(fiber->result.status, STATUS_OK);
    cr_assert_eq(fiber->result.value, 4);
}

Test(messages_wait, a_deadline_ends_the_wait) {
    struct process *process = host_process("p");
    static struct message_information information;
    static char buffer[8];
    struct fiber *wait = FIBER_CALL(process, message_wait, 0, USER(&information), 1000000000000);
    struct fiber *take = FIBER_CALL(process, message_next, USER(buffer), 8, 0, 1000000000000);
    machine_clock_advance(1000000000000);
    fiber_run_all();
    cr_assert_eq(wait->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(take->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(wait_for(process, 0, 0, &information), STATUS_WOULD_WAIT);
}

Test(messages_wait, a_kill_ends_the_wait) {
    struct process *process = host_process("p"), *other = host_process("q");
    static struct message_information information;
    static struct message_filter filter;
    filter.sender = other->id;
    struct fiber *wait = FIBER_CALL(process, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(wait), WAIT_MESSAGE_FROM);
    fiber_interrupt(wait);
    fiber_run_all();
    cr_assert_eq(wait->result.status, STATUS_INTERRUPTED);
    host_process_end(other); // nobody waits for it any more
}

Test(messages_wait, one_message_wakes_one_of_two_that_take) {
    struct process *from = host_process("from"), *to = host_process("to");
    static char a[8], b[8];
    struct fiber *first = FIBER_CALL(to, message_next, USER(a), 8, 0, DEADLINE_NEVER);
    struct fiber *second = FIBER_CALL(to, message_next, USER(b), 8, 0, DEADLINE_NEVER);
    struct message_options none = {0};
    send_with(from, to, &none);
    cr_assert(fiber_is_ready(first));
    cr_assert(fiber_is_waiting(second));
    fiber_run_all();
    cr_assert(fiber_is_waiting(second));
    send_with(from, to, &none);
    fiber_run_all();
    cr_assert_eq(second->result.status, STATUS_OK);
}

// R-B1: a thread that only looks passes the wake-up on; else the message would lie there while the other sleeps.
Test(messages_wait, R_B1_who_only_looks_wakes_the_next) {
    struct process *from = host_process("from"), *to = host_process("to");
    static struct message_information information;
    static char buffer[8], small[1];
    struct fiber *looks = FIBER_CALL(to, message_wait, 0, USER(&information), DEADLINE_NEVER);
    struct fiber *too_small = FIBER_CALL(to, message_next, USER(small), 1, 0, DEADLINE_NEVER);
    struct fiber *takes = FIBER_CALL(to, message_next, USER(buffer), 8, 0, DEADLINE_NEVER);
    struct message_options none = {0};
    send_with(from, to, &none);
    fiber_run_all();
    cr_assert_eq(looks->result.status, STATUS_OK);
    cr_assert_eq(too_small->result.status, STATUS_TOO_SMALL);
    cr_assert_eq(takes->result.status, STATUS_OK);
}

Test(messages_wait, a_message_that_came_at_the_deadline_is_still_taken) {
    struct process *from = host_process("from"), *to = host_process("to");
    static char buffer[8];
    static struct message_information information;
    struct fiber *take = FIBER_CALL(to, message_next, USER(buffer), 8, 0, 1000000000000);
    struct fiber *look = FIBER_CALL(to, message_wait, 0, USER(&information), 1000000000000);
    machine_clock_advance(1000000000000); // both are ready, and have not run yet
    struct message_options none = {0};
    send_with(from, to, &none);
    send_with(from, to, &none);
    fiber_run_all();
    cr_assert_eq(take->result.status, STATUS_OK);
    cr_assert_eq(look->result.status, STATUS_OK);
}

// ---- filters ----

Test(messages_wait, a_filter_by_sender_leaves_others_out) {
    struct process *a = host_process("a"), *b = host_process("b"), *to = host_process("to");
    struct message_options none = {0};
    struct message_information information;
    send_with(a, to, &none);
    cr_assert_eq(wait_for(to, b->id, 0, &information), STATUS_WOULD_WAIT);
    uint32_t id = send_with(b, to, &none);
    cr_assert_eq(wait_for(to, b->id, 0, &information), STATUS_OK);
    cr_assert_eq(information.id, id);
    cr_assert_eq(information.sender, b->id);
    cr_assert_eq(information.waiting, 2);
}

Test(messages_wait, only_a_matching_message_wakes_a_filtered_wait) {
    struct process *a = host_process("a"), *b = host_process("b"), *to = host_process("to");
    static struct message_information information;
    static struct message_filter filter;
    filter.sender = b->id;
    struct fiber *wait = FIBER_CALL(to, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    struct message_options none = {0};
    send_with(a, to, &none);
    cr_assert(fiber_is_waiting(wait));
    send_with(b, to, &none);
    fiber_run_all();
    cr_assert_eq(wait->result.status, STATUS_OK);
    cr_assert_eq(information.sender, b->id);
}

Test(messages_wait, an_open_filter_lets_replies_through_too) {
    struct process *client = host_process("client"), *server = host_process("server");
    struct message_options reply = {.in_reply_to = request(client, server)};
    send_with(server, client, &reply);
    struct message_information information;
    cr_assert_eq(wait_for(client, 0, 0, &information), STATUS_OK);
    cr_assert_eq(information.in_reply_to, reply.in_reply_to);
}

// ---- the sender's end ----

Test(messages_wait, the_senders_end_ends_a_wait_for_its_messages) {
    struct process *to = host_process("to"), *from = host_process("from");
    static struct message_information information;
    static struct message_filter filter;
    filter.sender = from->id;
    struct fiber *first = FIBER_CALL(to, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    struct fiber *second = FIBER_CALL(to, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    struct fiber *any = FIBER_CALL(to, message_wait, 0, USER(&information), DEADLINE_NEVER);
    host_process_end(from);
    fiber_run_all();
    cr_assert_eq(first->result.status, STATUS_PEER_DIED);
    cr_assert_eq(second->result.status, STATUS_PEER_DIED);
    cr_assert(fiber_is_waiting(any));
}

Test(messages_wait, a_message_of_a_sender_that_has_ended_is_found_before_that_is_told) {
    struct process *to = host_process("to"), *from = host_process("from");
    struct message_options none = {0};
    uint32_t id = from->id;
    send_with(from, to, &none);
    host_process_end(from);
    struct message_information information;
    cr_assert_eq(wait_for(to, id, 0, &information), STATUS_OK);
    cr_assert_eq(next(to), STATUS_OK);
    cr_assert_eq(wait_for(to, id, 0, &information), STATUS_PEER_DIED);
}

// ---- replies ----

Test(messages_wait, a_reply_reaches_who_awaits_it_and_raises_no_event) {
    struct process *client = host_process("client"), *server = host_process("server");
    struct message_options reply = {.in_reply_to = request(client, server)};
    static struct message_information information;
    static struct message_filter filter;
    filter = (struct message_filter){.sender = server->id, .in_reply_to = reply.in_reply_to};
    struct fiber *wait = FIBER_CALL(client, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(wait), WAIT_REPLY);
    uint32_t id = send_with(server, client, &reply);
    fiber_run_all();
    cr_assert_eq(wait->result.status, STATUS_OK);
    cr_assert_eq(information.id, id);
    cr_assert_eq(host_event_get(client).event.Type, NOTHING);
    cr_assert_eq(next(client), STATUS_WOULD_WAIT); // a reply is for who asks for it
    char buffer[4];
    cr_assert_eq(AS(client, message_receive, id, USER(buffer), 4, 0).status, STATUS_OK);
}

Test(messages_wait, a_reply_that_comes_before_it_is_awaited_is_found) {
    struct process *client = host_process("client"), *server = host_process("server");
    struct message_options reply = {.in_reply_to = request(client, server)};
    send_with(server, client, &reply);
    struct message_information information;
    cr_assert_eq(wait_for(client, 0, reply.in_reply_to, &information), STATUS_OK);
    cr_assert_eq(information.sender, server->id);
    cr_assert_eq(wait_for(client, server->id, reply.in_reply_to + 1, &information), STATUS_WOULD_WAIT);
}

Test(messages_wait, a_reply_needs_no_gate_and_no_room) {
    struct process *client = host_process("client"), *server = host_process("server"), *other = host_process("other");
    struct message_options none = {0}, reply = {.in_reply_to = request(client, server)};
    account_set_limit(other->account, ACCOUNT_MESSAGES, MESSAGE_QUEUE_CAPACITY);
    for (int i = 0; i < MESSAGE_QUEUE_CAPACITY; i++)
        send_with(other, client, &none);
    cr_assert_eq(send_status_with(server, client, &none), STATUS_PEER_FULL);
    AS(client, gate_set, GATE_MESSAGE, 0);
    cr_assert_eq(send_status_with(server, client, &none), STATUS_DENIED);
    cr_assert_eq(send_status_with(server, client, &reply), STATUS_OK);
}

// R-B4: nobody can pass a message off as a reply that was asked for.
Test(messages_wait, R_B4_only_who_took_a_message_may_answer_it_and_once) {
    struct process *client = host_process("client"), *server = host_process("server"), *forger = host_process("forger");
    struct message_options none = {0}, reply = {.in_reply_to = 1};
    cr_assert_eq(send_with(client, server, &none), 1);
    cr_assert_eq(send_status_with(forger, client, &reply), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(send_status_with(server, client, &reply), STATUS_INVALID_ARGUMENT); // not taken yet
    cr_assert_eq(next(server), STATUS_OK);
    cr_assert_eq(send_status_with(server, forger, &reply), STATUS_INVALID_ARGUMENT); // it came from another
    cr_assert_eq(send_status_with(server, client, &reply), STATUS_OK);
    cr_assert_eq(send_status_with(server, client, &reply), STATUS_INVALID_ARGUMENT);
}

Test(messages_wait, a_scrapped_message_cannot_be_answered) {
    struct process *client = host_process("client"), *server = host_process("server");
    struct message_options none = {0};
    struct message_options reply = {.in_reply_to = send_with(client, server, &none)};
    AS(server, message_scrap, reply.in_reply_to);
    cr_assert_eq(send_status_with(server, client, &reply), STATUS_INVALID_ARGUMENT);
}

Test(messages_wait, the_queue_remembers_the_last_512_messages_to_answer) {
    struct process *client = host_process("client"), *server = host_process("server");
    uint32_t first = request(client, server), last = first;
    for (int i = 0; i < MESSAGE_ANSWERS; i++)
        last = request(client, server);
    struct message_options forgotten = {.in_reply_to = first}, known = {.in_reply_to = last};
    cr_assert_eq(send_status_with(server, client, &forgotten), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(send_status_with(server, client, &known), STATUS_OK);
}

Test(messages_wait, a_reply_that_failed_may_be_sent_again) {
    struct process *client = host_process("client"), *server = host_process("server");
    struct message_options reply = {.in_reply_to = request(client, server)};
    cr_assert_eq(AS(server, message_send, client->id, USER_NOWHERE, 4, USER(&reply), DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(send_status_with(server, client, &reply), STATUS_OK);
}

// R-B3: a client that collects no replies uses up its own limits, not its server's.
Test(messages_wait, R_B3_a_reply_is_charged_to_who_asked_for_it) {
    struct process *client = host_process("client"), *server = host_process("server");
    account_set_limit(client->account, ACCOUNT_MESSAGES, 1);
    struct message_options first = {.in_reply_to = request(client, server)};
    struct message_options second = {.in_reply_to = request(client, server)};
    cr_assert_eq(send_status_with(server, client, &first), STATUS_OK);
    cr_assert_eq(server->account->lines[ACCOUNT_MESSAGES].used, 0);
    cr_assert_eq(client->account->lines[ACCOUNT_MESSAGES].used, 1);
    cr_assert_eq(send_status_with(server, client, &second), STATUS_PEER_FULL);
    struct message_options none = {0};
    cr_assert_eq(send_status_with(client, server, &none), STATUS_LIMIT_REACHED);
}

Test(messages_wait, a_servers_death_ends_the_wait_for_its_reply) {
    struct process *client = host_process("client"), *server = host_process("server");
    static struct message_information information;
    static struct message_filter filter;
    filter = (struct message_filter){.sender = server->id, .in_reply_to = request(client, server)};
    struct fiber *wait = FIBER_CALL(client, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    host_process_end(server);
    fiber_run_all();
    cr_assert_eq(wait->result.status, STATUS_PEER_DIED);
}

Test(messages_wait, one_may_answer_oneself) {
    struct process *process = host_process("p");
    struct message_options reply = {.in_reply_to = request(process, process)};
    struct message_information information;
    send_with(process, process, &reply);
    cr_assert_eq(wait_for(process, process->id, reply.in_reply_to, &information), STATUS_OK);
    account_set_limit(process->account, ACCOUNT_MESSAGES, 2);
    reply.in_reply_to = request(process, process);
    send_with(process, process, &(struct message_options){0});
    cr_assert_eq(send_status_with(process, process, &reply), STATUS_LIMIT_REACHED);
}

// ---- who waits for whom ----

static struct wait_edges edges_of(struct message_queue *queue, enum wait_reason reason) {
    struct wait_edges edges = {0};
    message_queue_type.wait_edges(&queue->object, reason, &edges);
    return edges;
}

Test(messages_wait, the_wait_record_names_the_one_who_can_end_it) {
    struct process *client = host_process("client"), *server = host_process("server");
    static struct message_information information;
    static struct message_filter filter;
    filter = (struct message_filter){.sender = server->id, .in_reply_to = request(client, server)};
    struct fiber *wait = FIBER_CALL(client, message_wait, USER(&filter), USER(&information), DEADLINE_NEVER);
    struct message_queue *queue = message_queue_of(server);
    cr_assert_eq(wait->thread->wait.object, queue->object.id);
    struct wait_edges edges = edges_of(queue, WAIT_REPLY);
    cr_assert_eq(edges.count, 1);
    cr_assert_eq(edges.processes[0], server->id);
    cr_assert_eq(edges_of(queue, WAIT_MESSAGE).count, 0);
    cr_assert_eq(edges_of(queue, WAIT_MESSAGE_ROOM).processes[0], server->id);
}

// ---- numbers that travel ----

static int32_t pipe_ends(struct process *process, int32_t *other) {
    struct pipe_create {
        uint32_t process, mode, flags, capacity;
        int32_t other;
        uint32_t reserved;
    } parameters = {.mode = 1};
    struct result result = AS(process, pipe_create, USER(&parameters));
    cr_assert_eq(result.status, STATUS_OK);
    *other = parameters.other;
    return (int32_t)result.value;
}

static enum status receive_with(struct process *process, uint32_t id, struct message_information *information) {
    char buffer[4];
    return (enum status)AS(process, message_receive, id, USER(buffer), 4, USER(information)).status;
}

Test(messages_wait, numbers_travel_with_the_rights_that_are_given) {
    struct process *from = host_process("from"), *to = host_process("to");
    int32_t read_end, write_end = pipe_ends(from, &read_end);
    struct message_options options = {
        .number_count = 2, .numbers = {write_end, read_end}, .rights = {RIGHT_WRITE, RIGHTS_ALL}};
    uint32_t id = send_with(from, to, &options);
    struct message_information information;
    cr_assert_eq(receive_with(to, id, &information), STATUS_OK);
    cr_assert_eq(information.number_count, 2);
    cr_assert_eq(AS(to, pipe_write, information.numbers[0], USER("x"), 1, DEADLINE_NOW).value, 1);
    struct number_information number;
    cr_assert_eq(AS(to, pipe_pending, information.numbers[1]).value, 1);
    uint32_t rights;
    struct object *object;
    cr_assert_eq(number_find_rights(&to->numbers, information.numbers[0], &object, &rights), STATUS_OK);
    object_release(object);
    cr_assert_eq(rights, RIGHT_WRITE);
    (void)number;
    cr_assert_eq(AS(from, pipe_pending, write_end).value, 1); // the sender keeps its own
}

Test(messages_wait, a_number_needs_the_right_to_be_sent) {
    struct process *from = host_process("from"), *to = host_process("to");
    int32_t number = host_machine_number(from, RIGHT_POWER);
    struct message_options options = {.number_count = 1, .numbers = {number}, .rights = {RIGHTS_ALL}};
    struct host_figures before = host_figures();
    cr_assert_eq(send_status_with(from, to, &options), STATUS_NO_RIGHT);
    options.numbers[0] = 4711;
    cr_assert_eq(send_status_with(from, to, &options), STATUS_BAD_NUMBER);
    host_figures_expect(&before, "after refused numbers");
}

Test(messages_wait, a_receiver_without_room_for_the_numbers_loses_nothing) {
    struct process *from = host_process("from"), *to = host_process("to");
    int32_t read_end, write_end = pipe_ends(from, &read_end);
    struct message_options options = {
        .number_count = 2, .numbers = {write_end, read_end}, .rights = {RIGHTS_ALL, RIGHTS_ALL}};
    uint32_t id = send_with(from, to, &options);
    struct message_information information;
    account_set_limit(to->account, ACCOUNT_NUMBERS, 1);
    struct host_figures before = host_figures();
    cr_assert_eq(receive_with(to, id, &information), STATUS_LIMIT_REACHED);
    cr_assert_eq(to->account->lines[ACCOUNT_NUMBERS].used, 0);
    cr_assert_eq(AS(to, message_receive, id, USER_NOWHERE, 4, USER(&information)).status, STATUS_LIMIT_REACHED);
    account_set_limit(to->account, ACCOUNT_NUMBERS, 2);
    cr_assert_eq(AS(to, message_receive, id, USER_NOWHERE, 4, USER(&information)).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(to->account->lines[ACCOUNT_NUMBERS].used, 0);
    cr_assert_eq(receive_with(to, id, &information), STATUS_OK);
    (void)before;
}

// R-B8: an end on its way counts as open.
Test(messages_wait, R_B8_a_pipe_end_in_a_message_is_open_until_the_message_is_dropped) {
    struct process *from = host_process("from"), *to = host_process("to");
    int32_t read_end, write_end = pipe_ends(from, &read_end);
    struct message_options options = {.number_count = 1, .numbers = {read_end}, .rights = {RIGHTS_ALL}};
    uint32_t id = send_with(from, to, &options);
    number_close(&from->numbers, read_end);
    cr_assert_eq(AS(from, pipe_write, write_end, USER("x"), 1, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(AS(to, message_scrap, id).status, STATUS_OK);
    cr_assert_eq(AS(from, pipe_write, write_end, USER("x"), 1, DEADLINE_NOW).status, STATUS_PEER_DIED);
}

Test(messages_wait, numbers_in_a_message_are_dropped_with_a_dead_receiver) {
    struct process *from = host_process("from"), *to = host_process("to");
    int32_t read_end, write_end = pipe_ends(from, &read_end);
    struct message_options options = {.number_count = 1, .numbers = {read_end}, .rights = {RIGHTS_ALL}};
    send_with(from, to, &options);
    number_close(&from->numbers, read_end);
    host_process_end(to);
    cr_assert_eq(AS(from, pipe_write, write_end, USER("x"), 1, DEADLINE_NOW).status, STATUS_PEER_DIED);
}
