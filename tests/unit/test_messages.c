// Tests of messages: sending, taking by id, scrapping, what they cost and whom, and that failures change nothing.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/message.h"
#include "kernel/abi/machine.h"
#include "kernel/base/writer.h"
#include "tests/unit/host/host.h"

TestSuite(messages, .init = host_start, .fini = host_finish);

static uint32_t send(struct process *from, struct process *to, const void *data, size_t size) {
    struct result result = AS(from, message_send, to->id, USER(data), size, 0, DEADLINE_NOW);
    cr_assert_eq(result.status, STATUS_OK, "status %ld", (long)result.status);
    return (uint32_t)result.value;
}

static enum status send_status(struct process *from, uint32_t to, const void *data, size_t size) {
    return (enum status)AS(from, message_send, to, USER(data), size, 0, DEADLINE_NOW).status;
}

static uint64_t used(const struct process *process, enum account_item item) {
    return process->account->lines[item].used;
}

// ---- the document's rules ----

Test(messages, a_message_to_oneself_is_received_by_its_id) {
    struct process *process = host_process("p");
    uint32_t id = send(process, process, "hello", 5);
    char buffer[8] = "........";
    struct message_information information;
    struct result result = AS(process, message_receive, id, USER(buffer), 8, USER(&information));
    cr_assert_eq(result.status, STATUS_OK);
    cr_assert_eq(result.value, 5);
    cr_assert_eq(memcmp(buffer, "hello...", 8), 0);
    cr_assert_eq(information.id, id);
    cr_assert_eq(information.sender, process->id);
    cr_assert_eq(information.user, HOST_USER);
    cr_assert_eq(information.size, 5);
    cr_assert_eq(information.waiting, 1);
    cr_assert_eq(information.in_reply_to, 0);
}

Test(messages, the_receiver_learns_id_size_and_sender_by_event) {
    struct process *from = host_process("from"), *to = host_process("to");
    uint32_t id = send(from, to, "abc", 3);
    struct host_event got = host_event_get(to);
    cr_assert_eq(got.event.Type, EVENT_MESSAGE);
    cr_assert_eq(got.event.Data1, id);
    cr_assert_eq(got.event.Data2, 3);
    cr_assert_eq(got.event.Data3, from->id);
    cr_assert_eq(got.source.process, from->id);
    cr_assert_eq(got.source.user, HOST_USER);
}

Test(messages, the_receiver_learns_of_the_first_and_how_many_wait_by_asking) {
    struct process *from = host_process("from"), *to = host_process("to");
    uint32_t id = send(from, to, "abc", 3);
    send(from, to, "defg", 4);
    struct message_information information;
    cr_assert_eq(AS(to, message_wait, 0, USER(&information), DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(information.id, id);
    cr_assert_eq(information.size, 3);
    cr_assert_eq(information.sender, from->id);
    cr_assert_eq(information.waiting, 2);
}

// R-B5: an id that matches nothing is no error and leaves the memory unchanged.
Test(messages, R_B5_an_id_that_matches_nothing_changes_nothing) {
    struct process *process = host_process("p");
    char buffer[4] = "abc";
    struct message_information information = {.id = 77};
    send(process, process, "x", 1);
    struct result result = AS(process, message_receive, 4711, USER(buffer), 4, USER(&information));
    cr_assert_eq(result.status, STATUS_NOTHING);
    cr_assert_eq(memcmp(buffer, "abc", 4), 0);
    cr_assert_eq(information.id, 77);
    cr_assert_eq(AS(process, message_scrap, 4711).status, STATUS_NOTHING);
    cr_assert_eq(AS(process, message_receive, MESSAGE_ID_NONE, USER(buffer), 4, 0).status, STATUS_NOTHING);
}

// R-B5: too small a buffer loses nothing.
Test(messages, R_B5_too_small_a_buffer_loses_nothing_and_says_the_size) {
    struct process *process = host_process("p");
    uint32_t id = send(process, process, "hello", 5);
    char buffer[5] = "....";
    struct message_information information;
    struct result result = AS(process, message_receive, id, USER(buffer), 4, USER(&information));
    cr_assert_eq(result.status, STATUS_TOO_SMALL);
    cr_assert_eq(information.size, 5);
    cr_assert_eq(memcmp(buffer, "....", 5), 0);
    cr_assert_eq(AS(process, message_next, USER(buffer), 4, USER(&information), DEADLINE_NOW).status, STATUS_TOO_SMALL);
    cr_assert_eq(information.id, id);
    cr_assert_eq(AS(process, message_receive, id, USER(buffer), 4, 0).status, STATUS_TOO_SMALL);
    cr_assert_eq(AS(process, message_receive, id, USER(buffer), 4, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, message_receive, id, USER(buffer), 5, 0).value, 5);
}

Test(messages, a_scrapped_message_and_its_event_are_gone) {
    struct process *process = host_process("p");
    struct host_figures before = host_figures();
    uint32_t id = send(process, process, "hello", 5);
    cr_assert_eq(AS(process, message_scrap, id).status, STATUS_OK);
    cr_assert_eq(AS(process, message_scrap, id).status, STATUS_NOTHING);
    cr_assert_eq(host_event_get(process).event.Type, NOTHING);
    host_figures_expect(&before, "after scrapping");
}

Test(messages, the_event_of_a_message_that_was_received_first_is_gone) {
    struct process *process = host_process("p");
    uint32_t first = send(process, process, "a", 1), second = send(process, process, "b", 1);
    char byte;
    cr_assert_eq(AS(process, message_receive, first, USER(&byte), 1, 0).status, STATUS_OK);
    struct host_event got = host_event_get(process);
    cr_assert_eq(got.event.Data1, second);
    cr_assert_eq(host_event_get(process).event.Type, NOTHING);
}

Test(messages, messages_are_taken_in_any_order_by_id_and_in_the_order_of_arrival_by_next) {
    struct process *process = host_process("p");
    uint32_t ids[4];
    for (int i = 0; i < 4; i++)
        ids[i] = send(process, process, &"abcd"[i], 1);
    char byte;
    cr_assert_eq(AS(process, message_receive, ids[2], USER(&byte), 1, 0).status, STATUS_OK);
    cr_assert_eq(byte, 'c');
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(AS(process, message_next, USER(&byte), 1, 0, DEADLINE_NOW).status, STATUS_OK);
        cr_assert_eq(byte, "abd"[i]);
    }
    cr_assert_eq(AS(process, message_next, USER(&byte), 1, 0, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
}

Test(messages, an_empty_message_is_a_message) {
    struct process *process = host_process("p");
    uint32_t id = send(process, process, 0, 0);
    struct result result = AS(process, message_receive, id, 0, 0, 0);
    cr_assert_eq(result.status, STATUS_OK);
    cr_assert_eq(result.value, 0);
}

static void whole_message_arrives(size_t size) {
    struct process *from = host_process("from"), *to = host_process("to");
    unsigned char *data = malloc(size), *copy = calloc(1, size);
    for (size_t i = 0; i < size; i++)
        data[i] = (unsigned char)(i * 7 + i / 251);
    uint32_t id = send(from, to, data, size);
    cr_assert_eq(AS(to, message_receive, id, USER(copy), size, 0).value, size);
    cr_assert_eq(memcmp(data, copy, size), 0);
    free(data);
    free(copy);
}

Test(messages, the_longest_that_is_kept_inside_arrives_whole) {
    whole_message_arrives(MESSAGE_INLINE_MAX);
}

Test(messages, one_that_is_kept_in_a_chain_arrives_whole) {
    whole_message_arrives(MESSAGE_INLINE_MAX + 1);
}

Test(messages, one_of_many_pages_arrives_whole) {
    whole_message_arrives(1000003);
}

// ---- ids ----

Test(messages, ids_go_round_leaving_out_0_and_those_still_pending) {
    struct process *process = host_process("p");
    struct message_queue *queue = message_queue_of(process);
    uint32_t first = send(process, process, "a", 1);
    cr_assert_eq(first, 1);
    queue->next_id = UINT32_MAX - 1;
    cr_assert_eq(send(process, process, "b", 1), UINT32_MAX);
    cr_assert_eq(send(process, process, "c", 1), 2);
}

Test(messages, with_many_pending_each_is_found_by_its_id) {
    struct process *from[2] = {host_process("a"), host_process("b")}, *to = host_process("to");
    uint32_t ids[1000];
    for (uint32_t i = 0; i < 1000; i++)
        ids[i] = send(from[i % 2], to, &i, sizeof(i));
    cr_assert_gt(message_queue_of(to)->bucket_count, MESSAGE_FIRST_BUCKETS);
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t at = i * 377 % 1000, value;
        cr_assert_eq(AS(to, message_receive, ids[at], USER(&value), sizeof(value), 0).status, STATUS_OK);
        cr_assert_eq(value, at);
    }
}

Test(messages, without_memory_for_a_larger_hash_the_chains_get_longer) {
    struct process *process = host_process("p");
    uint32_t ids[40];
    for (uint32_t i = 0; i < 40; i++) {
        allocation_fail_at(2); // the first one is the message's
        ids[i] = send(process, process, &i, sizeof(i));
    }
    allocation_fail_at(0);
    cr_assert_eq(message_queue_of(process)->bucket_count, MESSAGE_FIRST_BUCKETS);
    for (uint32_t i = 0, value; i < 40; i++) {
        cr_assert_eq(AS(process, message_receive, ids[i], USER(&value), sizeof(value), 0).status, STATUS_OK);
        cr_assert_eq(value, i);
    }
}

// ---- what is refused ----

Test(messages, each_wrong_argument_gets_its_status) {
    struct process *process = host_process("p");
    char byte = 'x';
    struct message_options options = {.number_count = MESSAGE_NUMBERS_MAX + 1};
    struct host_figures before = host_figures();
    cr_assert_eq(send_status(process, 4711, &byte, 1), STATUS_NOT_FOUND);
    cr_assert_eq(send_status(process, 0, &byte, 1), STATUS_NOT_FOUND);
    cr_assert_eq(send_status(process, process->id, &byte, MESSAGE_SIZE_MAX + 1), STATUS_TOO_LARGE);
    cr_assert_eq(send_status(process, process->id, (void *)USER_NOWHERE, 1), STATUS_BAD_ADDRESS);
    cr_assert_eq(send_status(process, process->id, (void *)USER_NOWHERE, 100000), STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, message_send, process->id, USER(&byte), 1, USER_NOWHERE, DEADLINE_NOW).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, message_send, process->id, USER(&byte), 1, USER(&options), DEADLINE_NOW).status,
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, message_wait, USER_NOWHERE, USER(&byte), DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    host_figures_expect(&before, "after refused calls");
}

Test(messages, a_bad_buffer_leaves_the_message_pending) {
    struct process *process = host_process("p");
    char byte;
    uint32_t id = send(process, process, "a", 1);
    struct host_figures before = host_figures();
    cr_assert_eq(AS(process, message_receive, id, USER_NOWHERE, 1, 0).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, message_receive, id, USER(&byte), 1, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, message_next, USER_NOWHERE, 1, 0, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, message_wait, 0, USER_NOWHERE, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    struct message_information information;
    cr_assert_eq(AS(process, message_wait, 0, USER(&information), DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(information.id, id);
    cr_assert_eq(host_event_get(process).event.Data1, id);
    cr_assert_eq(AS(process, message_receive, id, USER(&byte), 1, 0).status, STATUS_OK);
    (void)before;
}

Test(messages, the_gate_refuses_strangers_but_never_oneself) {
    struct process *from = host_process("from"), *to = host_process("to");
    struct result result = AS(to, gate_set, GATE_MESSAGE, GATE_ALL_USERS & ~(UINT64_C(1) << HOST_USER));
    cr_assert_eq(result.value, GATE_ALL_USERS);
    cr_assert_eq(send_status(from, to->id, "a", 1), STATUS_DENIED);
    cr_assert_eq(send_status(to, to->id, "a", 1), STATUS_OK);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
}

Test(messages, an_ended_process_is_not_found) {
    struct process *from = host_process("from"), *to = host_process("to");
    uint32_t id = to->id;
    host_process_end(to);
    cr_assert_eq(send_status(from, id, "a", 1), STATUS_NOT_FOUND);
}

// ---- limits: R-B3 ----

Test(messages, R_B3_messages_and_their_bytes_are_charged_to_the_sender_until_they_are_taken) {
    struct process *from = host_process("from"), *to = host_process("to");
    char buffer[100];
    uint32_t first = send(from, to, buffer, 100), second = send(from, to, buffer, 50);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 2);
    cr_assert_eq(used(from, ACCOUNT_MESSAGE_BYTES), 150);
    cr_assert_eq(used(to, ACCOUNT_MESSAGES), 0);
    AS(to, message_receive, first, USER(buffer), 100, 0);
    AS(to, message_scrap, second);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
    cr_assert_eq(used(from, ACCOUNT_MESSAGE_BYTES), 0);
}

Test(messages, R_B3_a_flood_hits_the_senders_limit_and_a_third_process_still_sends) {
    struct process *flooder = host_process("flooder"), *third = host_process("third"), *to = host_process("to");
    uint32_t sent = 0;
    while (send_status(flooder, to->id, "a", 1) == STATUS_OK)
        sent++;
    cr_assert_eq(send_status(flooder, to->id, "a", 1), STATUS_LIMIT_REACHED);
    cr_assert_lt(sent, MESSAGE_QUEUE_CAPACITY);
    cr_assert_eq(send_status(third, to->id, "a", 1), STATUS_OK);
}

Test(messages, R_B3_the_limit_of_bytes_holds_too) {
    struct process *process = host_process("p");
    account_set_limit(process->account, ACCOUNT_MESSAGE_BYTES, 1000);
    char buffer[1001];
    struct host_figures before = host_figures();
    cr_assert_eq(send_status(process, process->id, buffer, 1001), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "after a refused message");
    cr_assert_eq(send_status(process, process->id, buffer, 1000), STATUS_OK);
}

static void fill_queue(struct process *from, struct process *to) {
    account_set_limit(from->account, ACCOUNT_MESSAGES, 2 * MESSAGE_QUEUE_CAPACITY);
    for (int i = 0; i < MESSAGE_QUEUE_CAPACITY; i++)
        send(from, to, "a", 1);
}

Test(messages, a_full_queue_is_told_to_a_sender_that_does_not_wait) {
    struct process *from = host_process("from"), *to = host_process("to");
    fill_queue(from, to);
    struct host_figures before = host_figures();
    cr_assert_eq(send_status(from, to->id, "a", 1), STATUS_PEER_FULL);
    host_figures_expect(&before, "after PEER_FULL");
}

Test(messages, a_sender_waits_for_room_until_a_message_is_taken) {
    struct process *from = host_process("from"), *to = host_process("to");
    fill_queue(from, to);
    struct fiber *sender = FIBER_CALL(from, message_send, to->id, USER("b"), 1, 0, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(sender), WAIT_MESSAGE_ROOM);
    char byte;
    cr_assert_eq(AS(to, message_next, USER(&byte), 1, 0, DEADLINE_NOW).status, STATUS_OK);
    fiber_run_all();
    cr_assert(sender->returned);
    cr_assert_eq(sender->result.status, STATUS_OK);
    cr_assert_eq(message_queue_of(to)->message_count, MESSAGE_QUEUE_CAPACITY);
}

Test(messages, a_sender_waits_for_room_until_its_deadline) {
    struct process *from = host_process("from"), *to = host_process("to");
    fill_queue(from, to);
    struct host_figures before = host_figures();
    struct fiber *sender = FIBER_CALL(from, message_send, to->id, USER("b"), 1, 0, 1000000000000);
    cr_assert(fiber_is_waiting(sender));
    machine_clock_advance(1000000000000);
    fiber_run_all();
    cr_assert_eq(sender->result.status, STATUS_TIMED_OUT);
    host_figures_expect(&before, "after TIMED_OUT");
}

Test(messages, the_receivers_death_wakes_a_sender_that_waits_for_room) {
    struct process *from = host_process("from"), *to = host_process("to");
    fill_queue(from, to);
    struct fiber *sender = FIBER_CALL(from, message_send, to->id, USER("b"), 1, 0, DEADLINE_NEVER);
    host_process_end(to);
    fiber_run_all();
    cr_assert_eq(sender->result.status, STATUS_PEER_DIED);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
}

Test(messages, a_sender_killed_while_it_waits_for_room_leaves_nothing) {
    struct process *from = host_process("from"), *to = host_process("to");
    fill_queue(from, to);
    struct fiber *sender = FIBER_CALL(from, message_send, to->id, USER("b"), 1, 0, DEADLINE_NEVER);
    fiber_interrupt(sender);
    fiber_run_all();
    cr_assert_eq(sender->result.status, STATUS_INTERRUPTED);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), MESSAGE_QUEUE_CAPACITY);
}

Test(messages, a_receivers_death_drops_what_was_pending_and_discharges_the_senders) {
    struct process *from = host_process("from"), *to = host_process("to");
    static char large[20000];
    send(from, to, "a", 1);
    send(from, to, large, sizeof(large));
    host_process_end(to);
    cr_assert_eq(used(from, ACCOUNT_MESSAGES), 0);
    cr_assert_eq(used(from, ACCOUNT_MESSAGE_BYTES), 0);
}

Test(messages, a_senders_death_does_not_take_its_messages_back) {
    struct process *from = host_process("from"), *to = host_process("to");
    uint32_t id = send(from, to, "abc", 3);
    host_process_end(from);
    char buffer[3];
    cr_assert_eq(AS(to, message_receive, id, USER(buffer), 3, 0).value, 3);
}

// ---- the n-th allocation fails ----

struct transfer {
    struct process *from, *to;
    size_t size;
    uint32_t id;
};

static char transfer_bytes[20000];

static enum status transfer_send(void *context) {
    struct transfer *transfer = context;
    struct result result =
        AS(transfer->from, message_send, transfer->to->id, USER(transfer_bytes), transfer->size, 0, DEADLINE_NOW);
    transfer->id = (uint32_t)result.value;
    return (enum status)result.status;
}

static enum status transfer_receive(void *context) {
    struct transfer *transfer = context;
    return (enum status)AS(transfer->to, message_receive, transfer->id, USER(transfer_bytes), sizeof(transfer_bytes), 0)
        .status;
}

Test(messages, sending_without_memory_changes_nothing) {
    struct transfer transfer = {.from = host_process("from"), .to = host_process("to"), .size = 10};
    struct host_operation operation = {.operation = transfer_send, .context = &transfer};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
    transfer.size = 20000;
    cr_assert_geq(host_fail_each_allocation(&operation), 5);
}

Test(messages, receiving_without_memory_leaves_the_message_pending) {
    struct transfer transfer = {.from = host_process("from"), .to = host_process("to"), .size = 10};
    cr_assert_eq(transfer_send(&transfer), STATUS_OK);
    struct host_operation operation = {.operation = transfer_receive, .context = &transfer};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
}

// ---- two threads of the receiver ----

Test(messages, a_message_that_one_thread_copies_out_is_gone_for_the_others) {
    struct process *process = host_process("p");
    uint32_t id = send(process, process, "a", 1);
    char byte, other;
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *taker = FIBER_CALL(process, message_receive, id, USER(&byte), 1, 0);
    fiber_set_pauses(0);
    cr_assert(!taker->returned);
    cr_assert_eq(AS(process, message_receive, id, USER(&other), 1, 0).status, STATUS_NOTHING);
    cr_assert_eq(AS(process, message_scrap, id).status, STATUS_NOTHING);
    cr_assert_eq(AS(process, message_next, USER(&other), 1, 0, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    fiber_run_all();
    cr_assert_eq(taker->result.status, STATUS_OK);
}

Test(messages, a_message_that_could_not_be_copied_out_goes_to_the_next_who_waits) {
    struct process *process = host_process("p");
    uint32_t id = send(process, process, "a", 1);
    static char forbidden, byte;
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *failing = FIBER_CALL(process, message_receive, id, USER(&forbidden), 1, 0);
    fiber_set_pauses(0);
    struct fiber *waiting = FIBER_CALL(process, message_next, USER(&byte), 1, 0, DEADLINE_NEVER);
    cr_assert(fiber_is_waiting(waiting));
    user_memory_forbid(&forbidden, 1);
    fiber_run_all();
    cr_assert_eq(failing->result.status, STATUS_BAD_ADDRESS);
    cr_assert_eq(waiting->result.status, STATUS_OK);
}

// ---- instruments ----

Test(messages, the_queue_describes_itself) {
    struct process *process = host_process("p");
    send(process, process, "abc", 3);
    char text[1024] = "";
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(&message_queue_of(process)->object, &writer);
    cr_assert_not_null(strstr(text, "messages: 1 of 1024\n"));
    cr_assert_not_null(strstr(text, "first: id 1 from 1, 3 bytes\n"));
    cr_assert_not_null(strstr(text, "closed: no\n"));
}
