// Tests of the trace: what is recorded while one is open, the ring that wraps round, readers that are late.
//
// The rings stay once they were made, so host_finish's look for what is left has no place here; figures are compared instead.
#include <criterion/criterion.h>

#include "ipc/pager.h"
#include "kernel/abi/event.h"
#include "kernel/abi/link.h"
#include "kernel/abi/message.h"
#include "kernel/abi/pipe.h"
#include "kernel/abi/port.h"
#include "kernel/object/trace.h"
#include "tests/unit/host/host.h"
#include "tests/unit/host/pages.h"

TestSuite(trace, .init = host_start);

static struct trace_record records[TRACE_RECORDS + 10];
static struct trace_position position;

static int32_t open_trace(struct process *process) {
    struct result result = AS(process, trace_open, 0);
    cr_assert_eq(result.status, STATUS_OK);
    return (int32_t)result.value;
}

static void close_number(struct process *process, uint64_t number) {
    host_be(process);
    cr_assert_eq(number_close(&process->numbers, (int32_t)number), STATUS_OK);
}

static size_t read_all(struct process *process, int32_t trace) {
    struct result result =
        AS(process, trace_read, (uint64_t)trace, USER(&position), USER(records), sizeof(records) / sizeof(records[0]));
    cr_assert_eq(result.status, STATUS_OK);
    return result.value;
}

// The only record of this operation among `count`.
static const struct trace_record *only(enum trace_operation operation, size_t count) {
    const struct trace_record *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (records[i].operation != operation)
            continue;
        cr_assert_null(found, "operation %d was recorded twice", operation);
        found = &records[i];
    }
    cr_assert_not_null(found, "operation %d was not recorded", operation);
    return found;
}

static enum status send_event(struct process *from, struct process *to, uint32_t data) {
    EVENT event = {.Type = EVENT_USER, .Data1 = data};
    return (enum status)AS(from, event_send, to->id, USER(&event), 0, DEADLINE_NOW).status;
}

Test(trace, nothing_is_recorded_while_none_is_open) {
    struct process *process = host_process("p");
    close_number(process, (uint64_t)open_trace(process));
    cr_assert_eq(trace_on, 0);
    int32_t trace = open_trace(process);
    read_all(process, trace);
    close_number(process, (uint64_t)trace);
    send_event(process, process, 1);
    trace = open_trace(process);
    size_t count = read_all(process, trace);
    for (size_t i = 0; i < count; i++)
        cr_assert_neq(records[i].operation, TRACE_EVENT_SENT);
}

Test(trace, a_message_that_goes_straight_to_who_waits_is_recorded_as_any_other) {
    struct process *to = host_process("to"), *from = host_process("from");
    char buffer[64];
    uint64_t id = 0;
    int32_t trace = 0;
    for (int turn = 0; turn < 2; turn++) { // from the second on the receiver brings the block
        struct fiber *receiver = FIBER_CALL(to, message_next, USER(buffer), sizeof(buffer), 0, DEADLINE_NEVER);
        if (turn == 1)
            trace = open_trace(from);
        id = AS(from, message_send, to->id, USER("hello"), 5, 0, DEADLINE_NOW).value;
        fiber_run(receiver);
        cr_assert_eq(receiver->result.value, 5);
    }
    size_t count = read_all(from, trace);
    const struct trace_record *sent = only(TRACE_MESSAGE_SENT, count), *received = only(TRACE_MESSAGE_RECEIVED, count);
    cr_assert_eq(sent->process, from->id);
    cr_assert_eq(sent->peer, to->id);
    cr_assert_eq(sent->id, id);
    cr_assert_eq(sent->size, 5);
    cr_assert_eq(received->process, to->id);
    cr_assert_eq(received->id, id);
    close_number(from, (uint64_t)trace);
}

Test(trace, an_event_is_sent_and_taken_by_name) {
    struct process *to = host_process("to"), *from = host_process("from");
    AS(to, gate_set, GATE_EVENT, GATE_ALL_USERS);
    int32_t trace = open_trace(from);
    send_event(from, to, 1);
    host_event_get(to);
    size_t count = read_all(from, trace);
    const struct trace_record *sent = only(TRACE_EVENT_SENT, count), *taken = only(TRACE_EVENT_TAKEN, count);
    cr_assert_eq(sent->process, from->id);
    cr_assert_eq(sent->peer, to->id);
    cr_assert_eq(sent->id, EVENT_USER);
    cr_assert_eq(sent->size, sizeof(EVENT));
    cr_assert_eq(sent->status, STATUS_OK);
    cr_assert_eq(taken->process, to->id);
    cr_assert_eq(taken->peer, from->id);
    cr_assert_eq(taken->object, sent->object, "it is the same queue");
    cr_assert_leq(sent->time, taken->time);
}

Test(trace, what_is_refused_is_told_with_its_status) {
    struct process *to = host_process("to"), *from = host_process("from");
    AS(to, gate_set, GATE_MESSAGE, 0);
    int32_t trace = open_trace(from);
    cr_assert_eq(AS(from, message_send, to->id, USER("m"), 1, 0, DEADLINE_NOW).status, STATUS_DENIED);
    cr_assert_eq(only(TRACE_MESSAGE_SENT, read_all(from, trace))->status, STATUS_DENIED);
}

Test(trace, the_life_of_a_message_is_one_chain) {
    struct process *to = host_process("to"), *from = host_process("from");
    int32_t trace = open_trace(from);
    char byte;
    uint64_t id = AS(from, message_send, to->id, USER("m"), 1, 0, DEADLINE_NOW).value;
    AS(to, message_receive, id, USER(&byte), 1, 0);
    struct message_options options = {.in_reply_to = (uint32_t)id};
    uint64_t answer = AS(to, message_send, from->id, USER("ab"), 2, USER(&options), DEADLINE_NOW).value;
    AS(from, message_scrap, answer);
    size_t count = read_all(from, trace);
    const struct trace_record *sent = only(TRACE_MESSAGE_SENT, count), *received = only(TRACE_MESSAGE_RECEIVED, count);
    const struct trace_record *answered = only(TRACE_MESSAGE_ANSWERED, count);
    const struct trace_record *scrapped = only(TRACE_MESSAGE_SCRAPPED, count);
    cr_assert_eq(sent->id, id);
    cr_assert_eq(received->id, id);
    cr_assert_eq(received->object, sent->object);
    cr_assert_eq(answered->id, answer);
    cr_assert_eq(answered->cause, id, "it says what it answers");
    cr_assert_eq(answered->size, 2);
    cr_assert_eq(scrapped->id, answer);
}

Test(trace, a_pipe_is_made_written_and_read) {
    struct process *process = host_process("p");
    int32_t trace = open_trace(process);
    struct pipe_create wish = {.mode = PIPE_SEND};
    uint64_t end = AS(process, pipe_create, USER(&wish)).value;
    char bytes[4];
    AS(process, pipe_write, end, USER("abc"), 3, DEADLINE_NOW);
    AS(process, pipe_read, (uint64_t)wish.other, USER(bytes), 4, DEADLINE_NOW);
    size_t count = read_all(process, trace);
    const struct trace_record *made = only(TRACE_PIPE_MADE, count);
    cr_assert_eq(made->id, PIPE_SEND);
    cr_assert_eq(only(TRACE_PIPE_WRITTEN, count)->object, made->object);
    cr_assert_eq(only(TRACE_PIPE_WRITTEN, count)->size, 3);
    cr_assert_eq(only(TRACE_PIPE_READ, count)->object, made->cause, "the other end");
    cr_assert_eq(only(TRACE_PIPE_READ, count)->peer, process->id);
}

Test(trace, an_offer_is_made_and_accepted) {
    struct process *to = host_process("to"), *from = host_process("from");
    int32_t trace = open_trace(from);
    uint64_t memory = AS(from, shared_create, PAGE_SIZE).value;
    uint64_t offer = AS(from, shared_offer, memory, to->id, RIGHTS_ALL).value;
    cr_assert_eq(AS(to, shared_accept, offer).status, STATUS_OK);
    size_t count = read_all(from, trace);
    cr_assert_eq(only(TRACE_MEMORY_OFFERED, count)->id, offer);
    cr_assert_eq(only(TRACE_MEMORY_OFFERED, count)->peer, to->id);
    cr_assert_eq(only(TRACE_MEMORY_ACCEPTED, count)->id, offer);
    cr_assert_eq(only(TRACE_MEMORY_ACCEPTED, count)->process, to->id);
}

Test(trace, objects_are_told_by_name_when_they_come_and_go) {
    struct process *process = host_process("p");
    int32_t trace = open_trace(process);
    read_all(process, trace);
    uint64_t memory = AS(process, shared_create, PAGE_SIZE).value;
    close_number(process, memory);
    size_t count = read_all(process, trace);
    const struct trace_record *made = only(TRACE_OBJECT_MADE, count), *gone = only(TRACE_OBJECT_GONE, count);
    cr_assert_str_eq(made->name, "shared");
    cr_assert_eq(made->peer, OBJECT_SHARED_MEMORY);
    cr_assert_eq(made->object, gone->object);
    cr_assert_str_eq(gone->name, "shared");
}

Test(trace, a_late_reader_is_told_how_much_it_lost) {
    struct process *process = host_process("p");
    int32_t trace = open_trace(process);
    read_all(process, trace);
    uint64_t before = position.next[0];
    EVENT event;
    for (uint32_t i = 0; i < TRACE_RECORDS; i++) {
        send_event(process, process, i);
        AS(process, event_get, USER(&event), 0);
    }
    size_t count = read_all(process, trace);
    cr_assert_eq(count, TRACE_RECORDS - 1, "the oldest one of a full ring may be being overwritten");
    cr_assert_eq(position.lost, 2 * TRACE_RECORDS - count);
    cr_assert_eq(position.next[0], before + 2 * TRACE_RECORDS);
    for (size_t i = 1; i < count; i++)
        cr_assert_leq(records[i - 1].time, records[i].time);
    cr_assert_eq(records[count - 1].operation, TRACE_EVENT_TAKEN);
    cr_assert_eq(read_all(process, trace), 0);
}

Test(trace, a_reader_goes_on_where_it_was) {
    struct process *process = host_process("p");
    int32_t trace = open_trace(process);
    read_all(process, trace);
    for (uint32_t i = 0; i < 20; i++)
        send_event(process, process, i);
    for (size_t got = 0; got < 20; got += 5) {
        cr_assert_eq(AS(process, trace_read, (uint64_t)trace, USER(&position), USER(records), 5).value, 5);
        cr_assert_eq(records[4].operation, TRACE_EVENT_SENT);
    }
    cr_assert_eq(read_all(process, trace), 0);
}

Test(trace, a_position_that_never_was_is_now) {
    struct process *process = host_process("p");
    int32_t trace = open_trace(process);
    for (size_t i = 0; i < TRACE_PROCESSORS; i++)
        position.next[i] = UINT64_MAX;
    cr_assert_eq(read_all(process, trace), 0);
    send_event(process, process, 1);
    cr_assert_eq(read_all(process, trace), 1);
}

Test(trace, two_readers_see_the_same) {
    struct process *one = host_process("one"), *other = host_process("other");
    int32_t first = open_trace(one), second = open_trace(other);
    send_event(one, one, 1);
    cr_assert_eq(only(TRACE_EVENT_SENT, read_all(one, first))->process, one->id);
    position = (struct trace_position){0};
    cr_assert_eq(only(TRACE_EVENT_SENT, read_all(other, second))->process, one->id);
    close_number(one, (uint64_t)first);
    cr_assert_eq(trace_on, 1);
    host_process_end(other);
    cr_assert_eq(trace_on, 0, "a trace ends with its holder");
}

Test(trace, wrong_numbers_and_addresses_are_refused) {
    struct process *process = host_process("p");
    int32_t trace = open_trace(process);
    cr_assert_eq(AS(process, trace_read, 0, USER(&position), USER(records), 1).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(process, trace_read, (uint64_t)trace, USER(&position), USER(records), 0).status,
                 STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(process, trace_read, (uint64_t)trace, USER(&position), USER(records), SIZE_MAX).status,
                 STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, trace_read, (uint64_t)trace, 0, USER(records), 1).status, STATUS_BAD_ADDRESS);
}

static enum status open_one(void *context) {
    return (enum status)AS(context, trace_open, 0).status;
}

static void nothing(void *context) {
    (void)context;
}

Test(trace, without_memory_it_does_not_open) {
    struct process *process = host_process("p");
    close_number(process, AS(process, shared_create, PAGE_SIZE).value); // the number table has its first page
    struct host_operation operation = {.operation = open_one, .undo = nothing, .context = process};
    cr_assert_gt(host_fail_each_allocation(&operation), 2);
    cr_assert_eq(trace_on, 1);
}

// ---- faults by link ----

static struct memory *paged_make(struct process *daemon, uint64_t *link, uint64_t *memory) {
    struct link_create plan = {0};
    struct result made = AS(daemon, link_create, USER(&plan));
    cr_assert_eq(made.status, STATUS_OK);
    *link = made.value;
    struct pager_create wish = {.size = 4 * PAGE_SIZE, .patience = 1000, .link = plan.other};
    made = AS(daemon, pager_create, USER(&wish));
    cr_assert_eq(made.status, STATUS_OK);
    *memory = made.value;
    struct object *object;
    cr_assert_eq(number_find(&daemon->numbers, (int32_t)made.value, OBJECT_SHARED_MEMORY, 0, &object), STATUS_OK);
    object_release(object); // the number keeps it
    return object_as_memory(object);
}

struct touch {
    struct memory *memory;
    uint64_t page;
    enum status status;
};

static void touch(void *context) {
    struct touch *it = context;
    it->status = memory_await(it->memory, it->page, 0);
}

Test(trace, a_fault_by_link_is_asked_and_answered_or_too_late) {
    struct process *daemon = host_process("daemon"), *program = host_process("program");
    uint64_t link, number;
    struct memory *memory = paged_make(daemon, &link, &number);
    int32_t trace = open_trace(daemon);
    read_all(daemon, trace);
    struct touch served = {.memory = memory, .page = 2}, late = {.memory = memory, .page = 3};
    fiber_start(program, touch, &served);
    uint8_t content[PAGE_SIZE] = {1};
    cr_assert_eq(AS(daemon, pager_supply, number, 2, USER(content)).status, STATUS_OK);
    fiber_run_all();
    size_t count = read_all(daemon, trace);
    const struct trace_record *asked = only(TRACE_PAGER_ASKED, count), *answered = only(TRACE_PAGER_ANSWERED, count);
    cr_assert_eq(asked->process, program->id);
    cr_assert_eq(asked->peer, daemon->id);
    cr_assert_eq(asked->id, 2);
    cr_assert_eq(answered->process, daemon->id);
    cr_assert_eq(answered->cause, 2, "it answers that one");
    cr_assert_eq(served.status, STATUS_OK);
    fiber_start(program, touch, &late);
    machine_clock_advance(2000);
    fiber_run_all();
    count = read_all(daemon, trace);
    cr_assert_eq(only(TRACE_PAGER_LATE, count)->status, STATUS_TIMED_OUT);
    cr_assert_eq(only(TRACE_PAGER_LATE, count)->cause, 3);
    cr_assert_eq(late.status, STATUS_TIMED_OUT);
    close_number(daemon, (uint64_t)trace);
    host_process_end(program);
    host_process_end(daemon);
}

// ---- pages at ports ----

Test(trace, a_page_that_goes_with_a_message_is_given_and_taken) {
    struct process *server = host_process("server");
    struct port_create plan = {.message_size = 64, .capacity = 4};
    uint64_t words[8] = {0};
    uint64_t port = AS(server, port_create, USER(&plan)).value;
    cr_assert_eq(AS(server, port_window, port, 0, 1).status, STATUS_OK);
    host_page_make(server, UINT64_C(1) << 33, 1);
    int32_t trace = open_trace(server);
    read_all(server, trace);
    struct port_page_cargo cargo = {{.number = PORT_CARGO_PAGE}, UINT64_C(1) << 33};
    struct port_information information;
    struct result sent = AS(server, port_send, (uint64_t)plan.entry, USER(words), USER(&cargo), DEADLINE_NOW);
    AS(server, port_receive, port, USER(words), USER(&information), DEADLINE_NOW);
    size_t count = read_all(server, trace);
    const struct trace_record *given = only(TRACE_PORT_PAGE_GIVEN, count), *taken = only(TRACE_PORT_PAGE_TAKEN, count);
    cr_assert_eq(given->id, sent.value);
    cr_assert_eq(given->size, PAGE_SIZE);
    cr_assert_eq(taken->id, sent.value);
    cr_assert_eq(taken->peer, server->id);
    close_number(server, (uint64_t)trace);
}
