// Tests of links: 32 bytes that two ends share, counted signals, one poller at a time.
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/abi/message.h"
#include "kernel/base/writer.h"
#include "tests/unit/links.h"

TestSuite(links, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000 };

static struct result write(struct process *process, uint64_t number, uint64_t first, uint32_t flags) {
    struct link_bytes bytes = links_bytes(first);
    return AS(process, link_write, number, USER(&bytes), flags);
}

static uint64_t read_first(struct process *process, uint64_t number) {
    struct link_bytes bytes;
    cr_assert_eq(AS(process, link_read, number, USER(&bytes)).status, STATUS_OK);
    for (uint64_t i = 1; i < LINK_WORDS && bytes.words[0] != 0; i++)
        cr_assert_eq(bytes.words[i], bytes.words[0] + i);
    return bytes.words[0];
}

static struct result poll(struct process *process, uint64_t number) {
    return AS(process, link_poll, number, DEADLINE_NOW);
}

// ---- bytes ----

Test(links, what_one_end_writes_either_end_reads) {
    struct pair pair = links_pair();
    cr_assert_eq(write(pair.a, pair.at_a, 100, 0).status, STATUS_OK);
    cr_assert_eq(read_first(pair.b, pair.at_b), 100);
    cr_assert_eq(read_first(pair.a, pair.at_a), 100);
    write(pair.b, pair.at_b, 200, 0);
    cr_assert_eq(read_first(pair.a, pair.at_a), 200);
}

Test(links, R_C8_all_bytes_of_a_new_link_are_zeros) {
    struct pair pair = links_pair();
    struct link_bytes bytes, zeros = {{0}};
    memset(&bytes, 0xa5, sizeof(bytes));
    cr_assert_eq(AS(pair.b, link_read, pair.at_b, USER(&bytes)).status, STATUS_OK);
    cr_assert_arr_eq(&bytes, &zeros, sizeof(bytes));
}

Test(links, R_C3_a_write_without_a_signal_wakes_nobody) {
    struct pair pair = links_pair();
    struct fiber *poller = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    write(pair.a, pair.at_a, 100, 0);
    cr_assert(fiber_is_waiting(poller));
    cr_assert_eq(fiber_wait_reason(poller), WAIT_LINK);
    AS(pair.a, link_signal, pair.at_a);
    fiber_run(poller);
    cr_assert_eq(poller->result.value, 1);
}

Test(links, wrong_flags_addresses_and_rights_are_refused_and_nothing_is_changed) {
    struct pair pair = links_pair();
    struct link_bytes bytes = links_bytes(1);
    struct host_figures before = host_figures();
    cr_assert_eq(write(pair.a, pair.at_a, 1, 4).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(write(pair.a, pair.at_a, 1, LINK_NO_WAKE).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(pair.a, link_write, pair.at_a, USER_NOWHERE, LINK_SIGNAL).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(pair.a, link_read, pair.at_a, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(pair.a, link_call, pair.at_a, USER_NOWHERE, DEADLINE_NOW).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(pair.a, link_write, 77, USER(&bytes), 0).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(pair.a, link_read, 77, USER(&bytes)).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(pair.a, link_call, 77, USER(&bytes), DEADLINE_NOW).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(pair.a, link_poll, 77, DEADLINE_NOW).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(pair.a, link_signal, 77).status, STATUS_BAD_NUMBER);
    struct link_create plan = {.flags = 2};
    cr_assert_eq(AS(pair.a, link_create, USER(&plan)).status, STATUS_INVALID_ARGUMENT);
    cr_assert_eq(AS(pair.a, link_create, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
    host_figures_expect(&before, "after wrong calls");
    cr_assert_eq(poll(pair.b, pair.at_b).status, STATUS_WOULD_WAIT);
    cr_assert_eq(read_first(pair.b, pair.at_b), 0);
}

Test(links, an_end_cannot_be_copied) {
    struct pair pair = links_pair();
    cr_assert_eq(AS(pair.a, number_copy, pair.at_a, RIGHTS_ALL).status, STATUS_NO_RIGHT);
}

static enum status create(void *context) {
    struct link_create plan = {0};
    return (enum status)AS(context, link_create, USER(&plan)).status;
}

Test(links, a_failed_allocation_makes_nothing) {
    struct process *process = host_process("p");
    create(process); // the table of numbers has its first page now
    struct host_operation operation = {create, 0, process};
    cr_assert_geq(host_fail_each_allocation(&operation), 3);
}

Test(links, making_one_past_a_limit_makes_nothing) {
    struct process *process = host_process("p");
    create(process);
    account_set_limit(process->account, ACCOUNT_NUMBERS, process->account->lines[ACCOUNT_NUMBERS].used + 1);
    struct host_figures before = host_figures();
    cr_assert_eq(create(process), STATUS_LIMIT_REACHED);
    account_set_limit(process->account, ACCOUNT_NUMBERS, 1000);
    account_set_limit(process->account, ACCOUNT_OBJECTS, process->account->lines[ACCOUNT_OBJECTS].used + 1);
    cr_assert_eq(create(process), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "past a limit");
}

// ---- signals ----

Test(links, R_C4_signals_are_counted_and_a_poll_takes_all) {
    struct pair pair = links_pair();
    for (int i = 0; i < 5; i++)
        cr_assert_eq(AS(pair.a, link_signal, pair.at_a).status, STATUS_OK);
    cr_assert_eq(poll(pair.b, pair.at_b).value, 5);
    cr_assert_eq(poll(pair.b, pair.at_b).status, STATUS_WOULD_WAIT);
    cr_assert_eq(poll(pair.a, pair.at_a).status, STATUS_WOULD_WAIT, "they are the other end's");
}

Test(links, R_C4_the_count_stays_at_its_highest) {
    struct pair pair = links_pair();
    struct link_end *end;
    host_be(pair.b);
    cr_assert_eq(link_find((int32_t)pair.at_b, 0, &end), STATUS_OK);
    link_signals_return(end, LINK_SIGNALS_MAX - 1);
    AS(pair.a, link_signal, pair.at_a);
    AS(pair.a, link_signal, pair.at_a);
    host_be(pair.b);
    link_signals_return(end, 5);
    object_release(&end->object);
    cr_assert_eq(poll(pair.b, pair.at_b).value, LINK_SIGNALS_MAX);
}

Test(links, a_poll_ends_at_its_deadline_and_looks_a_last_time) {
    struct pair pair = links_pair();
    struct fiber *late = FIBER_CALL(pair.b, link_poll, pair.at_b, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    fiber_run(late);
    cr_assert_eq(late->result.status, STATUS_TIMED_OUT);
    late = FIBER_CALL(pair.b, link_poll, pair.at_b, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    AS(pair.a, link_signal, pair.at_a);
    fiber_run(late);
    cr_assert_eq(late->result.value, 1);
}

Test(links, a_second_thread_cannot_poll_the_same_link) {
    struct pair pair = links_pair();
    struct link_bytes bytes = links_bytes(7);
    struct fiber *first = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    struct fiber *second = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    cr_assert_eq(second->result.status, STATUS_BUSY);
    second = FIBER_CALL(pair.b, link_call, pair.at_b, USER(&bytes), DEADLINE_NEVER);
    cr_assert_eq(second->result.status, STATUS_BUSY);
    cr_assert_eq(read_first(pair.a, pair.at_a), 0, "nothing was written");
    AS(pair.a, link_signal, pair.at_a);
    fiber_run(first);
    cr_assert_eq(first->result.value, 1);
    cr_assert_eq(poll(pair.b, pair.at_b).status, STATUS_WOULD_WAIT, "free again");
}

Test(links, a_killed_poller_leaves_the_signal_for_the_next) {
    struct pair pair = links_pair();
    struct fiber *killed = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    fiber_interrupt(killed);
    AS(pair.a, link_signal, pair.at_a);
    fiber_run(killed);
    cr_assert_eq(killed->result.status, STATUS_OK, "it found the signal on its way out");
    killed = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    fiber_interrupt(killed);
    fiber_run(killed);
    cr_assert_eq(killed->result.status, STATUS_INTERRUPTED);
    AS(pair.a, link_signal, pair.at_a);
    cr_assert_eq(poll(pair.b, pair.at_b).value, 1);
}

// ---- R-C3: wakes that are put off ----

static struct fiber *write_no_wake(struct pair *pair, struct link_bytes *bytes) {
    return FIBER_CALL(pair->a, link_write, pair->at_a, USER(bytes), LINK_SIGNAL | LINK_NO_WAKE);
}

Test(links, R_C3_a_signal_without_a_wake_is_counted_and_wakes_when_the_thread_ends) {
    struct pair pair = links_pair();
    struct link_bytes bytes = links_bytes(9);
    struct fiber *poller = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *writer = write_no_wake(&pair, &bytes);
    cr_assert(fiber_is_waiting(poller));
    fiber_set_pauses(0);
    fiber_run(writer); // the call is made, and then the thread ends
    cr_assert(writer->returned);
    fiber_run(poller);
    cr_assert_eq(poller->result.value, 1);
}

static struct pair *put_off_pair;
static bool put_off_slept;

static void put_off_and_sleep(void *argument) {
    struct pair *pair = put_off_pair;
    struct link_bytes bytes = links_bytes(1);
    for (int i = 0; i < 3; i++)
        fiber_invoke((call_function *)call_link_write,
                     (const uint64_t[6]){pair->at_a, USER(&bytes), LINK_SIGNAL | LINK_NO_WAKE});
    put_off_slept = fiber_is_waiting(argument);
    fiber_invoke((call_function *)call_link_poll, (const uint64_t[6]){pair->at_a, DEADLINE_NEVER});
}

Test(links, R_C3_it_wakes_when_the_thread_sleeps_once_for_all) {
    struct pair pair = links_pair();
    put_off_pair = &pair;
    struct fiber *poller = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    struct fiber *writer = fiber_start(pair.a, put_off_and_sleep, poller);
    cr_assert(put_off_slept, "nobody was woken before");
    cr_assert(fiber_is_waiting(writer));
    fiber_run(poller);
    cr_assert_eq(poller->result.value, 3);
    AS(pair.b, link_signal, pair.at_b);
    fiber_run(writer);
}

Test(links, R_C3_it_wakes_when_another_link_is_put_off_and_when_the_end_is_closed) {
    struct pair pair = links_pair(), other = links_pair();
    host_be(pair.a);
    struct fiber *first = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    struct fiber *second = FIBER_CALL(other.b, link_poll, other.at_b, DEADLINE_NEVER);
    uint64_t moved = links_move(other.a, other.at_a, pair.a);
    write(pair.a, pair.at_a, 1, LINK_SIGNAL | LINK_NO_WAKE);
    cr_assert(fiber_is_waiting(first));
    write(pair.a, moved, 1, LINK_SIGNAL | LINK_NO_WAKE);
    cr_assert(fiber_is_ready(first));
    cr_assert(fiber_is_waiting(second));
    AS(pair.a, number_close, moved);
    fiber_run_all();
    cr_assert_eq(first->result.value, 1);
    cr_assert_eq(second->result.value, 1, "its signal is told before its peer's end");
    host_be(pair.a);
    thread_catch_up();
}

Test(links, a_put_off_wake_that_was_not_needed_any_more_wakes_nobody) {
    struct pair pair = links_pair();
    struct fiber *poller = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    write(pair.a, pair.at_a, 1, LINK_SIGNAL | LINK_NO_WAKE);
    AS(pair.a, link_signal, pair.at_a);
    fiber_run(poller);
    cr_assert_eq(poller->result.value, 2);
    poller = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    host_be(pair.a);
    thread_catch_up();
    cr_assert(fiber_is_waiting(poller));
}

// ---- write, signal, wait, read in one step ----

Test(links, a_call_and_an_answer_carry_32_bytes_each_way) {
    struct pair pair = links_pair();
    struct link_bytes question = links_bytes(100), answer = links_bytes(200);
    struct fiber *server = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    struct fiber *client = FIBER_CALL(pair.a, link_call, pair.at_a, USER(&question), DEADLINE_NEVER);
    fiber_run(server);
    cr_assert_eq(read_first(pair.b, pair.at_b), 100);
    server = FIBER_CALL(pair.b, link_call, pair.at_b, USER(&answer), DEADLINE_NEVER);
    fiber_run(client);
    cr_assert_eq(client->result.value, 1);
    cr_assert_eq(question.words[0], 200);
    struct link_bytes next = links_bytes(300);
    client = FIBER_CALL(pair.a, link_call, pair.at_a, USER(&next), DEADLINE_NEVER);
    fiber_run(server);
    cr_assert_eq(answer.words[3], 303);
    AS(pair.b, link_signal, pair.at_b);
    fiber_run(client);
}

Test(links, a_call_that_finds_a_signal_does_not_sleep) {
    struct pair pair = links_pair();
    struct link_bytes bytes = links_bytes(1);
    struct fiber *peer = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    AS(pair.a, link_signal, pair.at_a);
    fiber_run(peer);
    AS(pair.b, link_signal, pair.at_b);
    peer = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    cr_assert_eq(AS(pair.a, link_call, pair.at_a, USER(&bytes), DEADLINE_NEVER).value, 1);
    fiber_run(peer);
    cr_assert_eq(peer->result.value, 1);
}

Test(links, a_call_with_the_deadline_now_writes_signals_and_says_that_it_would_wait) {
    struct pair pair = links_pair();
    struct link_bytes bytes = links_bytes(5);
    struct fiber *peer = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    cr_assert_eq(AS(pair.a, link_call, pair.at_a, USER(&bytes), DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    fiber_run(peer);
    cr_assert_eq(peer->result.value, 1);
    cr_assert_eq(read_first(pair.b, pair.at_b), 5);
    cr_assert_eq(AS(pair.a, link_call, pair.at_a, USER(&bytes), DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    cr_assert_eq(poll(pair.b, pair.at_b).value, 1);
}

Test(links, a_call_ends_at_its_deadline) {
    struct pair pair = links_pair();
    struct link_bytes bytes = links_bytes(5);
    struct fiber *peer = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    struct fiber *call = FIBER_CALL(pair.a, link_call, pair.at_a, USER(&bytes), clock_now() + SECOND);
    fiber_run(peer);
    machine_clock_advance(SECOND);
    fiber_run(call);
    cr_assert_eq(call->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(poll(pair.a, pair.at_a).status, STATUS_WOULD_WAIT, "it can be polled again");
}

// ---- ends ----

Test(links, closing_an_end_wakes_the_other_and_keeps_the_bytes) {
    struct pair pair = links_pair();
    struct fiber *poller = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    write(pair.a, pair.at_a, 40, 0);
    AS(pair.a, number_close, pair.at_a);
    fiber_run(poller);
    cr_assert_eq(poller->result.status, STATUS_PEER_DIED);
    cr_assert_eq(read_first(pair.b, pair.at_b), 40);
    cr_assert_eq(write(pair.b, pair.at_b, 50, LINK_SIGNAL).status, STATUS_PEER_DIED);
    cr_assert_eq(read_first(pair.b, pair.at_b), 40, "a failed write changes nothing");
    cr_assert_eq(AS(pair.b, link_signal, pair.at_b).status, STATUS_PEER_DIED);
    struct link_bytes bytes = links_bytes(1);
    cr_assert_eq(AS(pair.b, link_call, pair.at_b, USER(&bytes), DEADLINE_NEVER).status, STATUS_PEER_DIED);
}

Test(links, signals_that_came_before_the_end_are_told_first) {
    struct pair pair = links_pair();
    AS(pair.a, link_signal, pair.at_a);
    host_process_end(pair.a);
    cr_assert_eq(poll(pair.b, pair.at_b).value, 1);
    cr_assert_eq(poll(pair.b, pair.at_b).status, STATUS_PEER_DIED);
}

Test(links, the_death_of_a_process_is_told_to_a_caller) {
    struct pair pair = links_pair();
    struct link_bytes bytes = links_bytes(1);
    struct fiber *server = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    struct fiber *client = FIBER_CALL(pair.a, link_call, pair.at_a, USER(&bytes), DEADLINE_NEVER);
    fiber_run(server);
    host_process_end(pair.b);
    fiber_run_all();
    cr_assert_eq(client->result.status, STATUS_PEER_DIED);
}

Test(links, closing_the_own_end_ends_a_wait_for_it) {
    struct pair pair = links_pair();
    struct fiber *poller = FIBER_CALL(pair.b, link_poll, pair.at_b, DEADLINE_NEVER);
    AS(pair.b, number_close, pair.at_b);
    fiber_run(poller);
    cr_assert_eq(poller->result.status, STATUS_BAD_NUMBER);
}

Test(links, an_end_on_its_way_in_a_message_is_open) {
    struct pair pair = links_pair();
    struct message_options options = {.number_count = 1, .numbers = {(int32_t)pair.at_a}, .rights = {RIGHTS_ALL}};
    cr_assert_eq(AS(pair.a, message_send, pair.b->id, USER("x"), 1, USER(&options), DEADLINE_NOW).status, STATUS_OK);
    AS(pair.a, number_close, pair.at_a);
    cr_assert_eq(AS(pair.b, link_signal, pair.at_b).status, STATUS_OK);
    host_process_end(pair.a);
    cr_assert_eq(AS(pair.b, link_signal, pair.at_b).status, STATUS_OK);
    cr_assert_eq(AS(pair.b, message_scrap, 1).status, STATUS_OK);
    cr_assert_eq(AS(pair.b, link_signal, pair.at_b).status, STATUS_PEER_DIED);
}

// ---- watches and instruments ----

Test(links, a_watch_fires_for_a_signal_and_for_the_end_of_the_other_side) {
    struct pair pair = links_pair();
    AS(pair.b, event_watch, pair.at_b, WATCH_READABLE | WATCH_CLOSED, 3);
    cr_assert_eq(host_event_get(pair.b).status, STATUS_NOTHING);
    AS(pair.a, link_signal, pair.at_a);
    struct host_event event = host_event_get(pair.b);
    cr_assert_eq(event.event.Type, EVENT_READY);
    cr_assert_eq(event.event.Action, WATCH_READABLE);
    cr_assert_eq(event.event.Data2, 3);
    poll(pair.b, pair.at_b);
    AS(pair.b, event_watch, pair.at_b, WATCH_CLOSED, 4);
    AS(pair.a, number_close, pair.at_a);
    cr_assert_eq(host_event_get(pair.b).event.Action, WATCH_CLOSED);
}

static void describe_of(struct process *process, uint64_t number, char text[1024]) {
    struct object *object;
    struct writer writer;
    uint32_t rights;
    cr_assert_eq(number_find_rights(&process->numbers, (int32_t)number, &object, &rights), STATUS_OK);
    memset(text, 0, 1024);
    writer_to_buffer(&writer, text, 1023);
    object_describe(object, &writer);
    object_release(object);
}

Test(links, it_describes_itself) {
    struct pair pair = links_pair();
    char text[1024];
    write(pair.a, pair.at_a, 0x10, LINK_SIGNAL);
    describe_of(pair.b, pair.at_b, text);
    cr_assert_not_null(strstr(text, "\nsignals: 1\n"), "%s", text);
    cr_assert_not_null(strstr(text, "\nof a thread: no\n"), "%s", text);
    cr_assert_not_null(strstr(text, "bytes: 0000000000000010 0000000000000011"), "%s", text);
    host_process_end(pair.a);
    describe_of(pair.b, pair.at_b, text);
    cr_assert_not_null(strstr(text, ", closed, of "), "%s", text);
}

Test(links, who_waits_for_a_signal_waits_for_the_holders_of_the_other_end) {
    struct pair pair = links_pair();
    struct wait_edges edges = {0};
    struct object *object;
    uint32_t rights;
    number_find_rights(&pair.b->numbers, (int32_t)pair.at_b, &object, &rights);
    object->type->wait_edges(object, WAIT_LINK, &edges);
    cr_assert_eq(edges.count, 1);
    cr_assert_eq(edges.processes[0], pair.a->id);
    object_release(object);
}

// ---- R-B1: no signal is lost in any order of steps ----

enum { STREAM_SIGNALS = 20000 };

struct stream {
    struct pair pair;
    uint64_t received;
};

static void stream_receive(void *argument) {
    struct stream *stream = argument;
    for (;;) {
        uint64_t arguments[6] = {stream->pair.at_b, clock_now() + 1000};
        struct result result = fiber_invoke((call_function *)call_link_poll, arguments);
        if (result.status == STATUS_INTERRUPTED)
            return;
        stream->received += result.value;
    }
}

Test(links, R_B1_no_signal_of_a_stream_is_lost, .timeout = 100) {
    struct stream stream = {.pair = links_pair()};
    struct fiber *fiber = fiber_start(stream.pair.b, stream_receive, &stream);
    uint32_t seed = 4711, sent = 0;
    while (sent < STREAM_SIGNALS) {
        seed = seed * 1664525 + 1013904223;
        if ((seed >> 16) % 5 == 0)
            machine_clock_advance(700);
        else if ((seed >> 16) % 3 == 0 && fiber_is_ready(fiber))
            fiber_run(fiber);
        else
            sent += AS(stream.pair.a, link_signal, stream.pair.at_a).status == STATUS_OK;
    }
    for (int i = 0; i < 3; i++) {
        machine_clock_advance(2000);
        if (fiber_is_ready(fiber))
            fiber_run(fiber);
    }
    cr_assert_eq(stream.received, sent);
    host_process_end(stream.pair.b);
}
