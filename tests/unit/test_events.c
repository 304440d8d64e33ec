// Tests of event queues: waiting for, looking at and taking events.
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/base/writer.h"
#include "tests/unit/host/host.h"

TestSuite(events, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000 };

static const EVENT user_event = {.Type = EVENT_USER + 5, .Action = 1, .Data1 = 2, .Data2 = 3, .Data3 = 4};

// A process sends itself an event.
static void send_to_self(struct process *process, uint32_t data) {
    EVENT event = {.Type = EVENT_USER, .Data1 = data};
    cr_assert_eq(AS(process, event_send, process->id, USER(&event), 0, DEADLINE_NOW).status, STATUS_OK);
}

Test(events, an_event_arrives_as_it_was_sent) {
    struct process *process = host_process("p");
    cr_assert_eq(AS(process, event_send, process->id, USER(&user_event), 0, DEADLINE_NOW).status, STATUS_OK);
    struct host_event got = host_event_get(process);
    cr_assert_eq(got.status, STATUS_OK);
    cr_assert_arr_eq(&got.event, &user_event, sizeof(EVENT));
}

Test(events, nothing_pending_gives_an_event_of_zeros) {
    struct process *process = host_process("p");
    struct host_event got = host_event_get(process), zeros = {.status = STATUS_NOTHING};
    cr_assert_eq(got.status, STATUS_NOTHING);
    cr_assert_arr_eq(&got.event, &zeros.event, sizeof(EVENT));
    cr_assert_arr_eq(&got.source, &zeros.source, sizeof(struct event_source));
}

Test(events, they_come_in_the_order_of_arrival) {
    struct process *process = host_process("p");
    for (uint32_t i = 0; i < 40; i++)
        send_to_self(process, i);
    for (uint32_t i = 0; i < 40; i++)
        cr_assert_eq(host_event_get(process).event.Data1, i);
}

Test(events, the_source_may_be_left_out) {
    struct process *process = host_process("p");
    EVENT event;
    send_to_self(process, 9);
    cr_assert_eq(AS(process, event_get, USER(&event), 0).status, STATUS_OK);
    cr_assert_eq(event.Data1, 9);
}

Test(events, an_event_that_cannot_be_copied_out_stays) {
    struct process *process = host_process("p");
    EVENT event;
    send_to_self(process, 9);
    cr_assert_eq(AS(process, event_get, USER_NOWHERE, 0).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, event_get, USER(&event), USER_NOWHERE).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(AS(process, event_get, UINT64_MAX - 4, 0).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(host_event_get(process).event.Data1, 9);
}

Test(events, a_bad_address_is_told_even_when_nothing_is_pending) {
    struct process *process = host_process("p");
    cr_assert_eq(AS(process, event_get, USER_NOWHERE, 0).status, STATUS_BAD_ADDRESS);
}

// ---- waiting ----

Test(events, waiting_returns_at_once_when_something_is_pending) {
    struct process *process = host_process("p");
    send_to_self(process, 1);
    cr_assert_eq(AS(process, event_wait, DEADLINE_NEVER).status, STATUS_OK);
    cr_assert_eq(host_event_get(process).event.Data1, 1, "waiting takes nothing");
}

Test(events, waiting_with_the_deadline_now_does_not_sleep) {
    struct process *process = host_process("p");
    cr_assert_eq(AS(process, event_wait, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
}

Test(events, waiting_ends_at_the_deadline) {
    struct process *process = host_process("p");
    struct fiber *fiber = FIBER_CALL(process, event_wait, clock_now() + SECOND);
    machine_clock_advance(SECOND - 1);
    cr_assert(fiber_is_waiting(fiber));
    machine_clock_advance(1);
    fiber_run(fiber);
    cr_assert_eq(fiber->result.status, STATUS_TIMED_OUT);
}

Test(events, waiting_until_a_time_that_has_passed_ends_at_the_next_tick) {
    struct process *process = host_process("p");
    struct fiber *fiber = FIBER_CALL(process, event_wait, 1);
    machine_clock_advance(0);
    fiber_run(fiber);
    cr_assert_eq(fiber->result.status, STATUS_TIMED_OUT);
}

Test(events, a_sleeper_is_woken_by_an_event) {
    struct process *process = host_process("p");
    struct fiber *fiber = FIBER_CALL(process, event_wait, clock_now() + SECOND);
    send_to_self(process, 1);
    cr_assert(fiber_is_ready(fiber));
    machine_clock_advance(2 * SECOND);
    fiber_run(fiber);
    cr_assert_eq(fiber->result.status, STATUS_OK, "who woke it came before the deadline");
}

Test(events, a_thread_that_is_ended_leaves_its_wait) {
    struct process *process = host_process("p");
    struct fiber *fiber = FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    fiber_interrupt(fiber);
    fiber_run(fiber);
    cr_assert_eq(fiber->result.status, STATUS_INTERRUPTED);
    cr_assert_null(fiber->thread);
}

Test(events, killing_the_process_ends_all_its_waits) {
    struct process *process = host_process("p");
    struct fiber *one = FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    struct fiber *other = FIBER_CALL(process, event_wait, clock_now() + SECOND);
    host_process_end(process);
    cr_assert_eq(one->result.status, STATUS_INTERRUPTED);
    cr_assert_eq(other->result.status, STATUS_INTERRUPTED);
}

// R-B14: a game that polls pays a bounded, small price, and does not sleep.
Test(events, R_B14_polling_an_empty_queue_neither_sleeps_nor_allocates) {
    struct process *process = host_process("p");
    struct host_figures before = host_figures();
    allocation_fail_at(1);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    cr_assert_not(allocation_has_failed());
    host_figures_expect(&before, "after polling");
}

// ---- several threads ----

Test(events, each_event_wakes_one_of_several_sleepers) {
    struct process *process = host_process("p");
    struct fiber *one = FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    struct fiber *other = FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    send_to_self(process, 1);
    cr_assert(fiber_is_ready(one), "who has waited longest");
    cr_assert(fiber_is_waiting(other));
    send_to_self(process, 2);
    cr_assert(fiber_is_ready(other));
}

Test(events, of_two_threads_that_look_at_one_event_one_gets_it) {
    struct process *process = host_process("p");
    EVENT events[2];
    send_to_self(process, 1);
    send_to_self(process, 2);
    user_memory_set_paging(true);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *one = FIBER_CALL(process, event_get, USER(&events[0]), 0);
    struct fiber *other = FIBER_CALL(process, event_get, USER(&events[1]), 0);
    fiber_set_pauses(0);
    cr_assert(fiber_is_ready(one) && fiber_is_ready(other), "both have looked");
    fiber_run_all();
    cr_assert_eq(one->result.status, STATUS_OK);
    cr_assert_eq(other->result.status, STATUS_OK);
    cr_assert_eq(events[0].Data1, 1);
    cr_assert_eq(events[1].Data1, 2);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(events, who_looked_at_an_event_that_another_took_finds_nothing) {
    struct process *process = host_process("p");
    EVENT event;
    send_to_self(process, 1);
    user_memory_set_paging(true);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *late = FIBER_CALL(process, event_get, USER(&event), 0);
    fiber_set_pauses(0);
    user_memory_set_paging(false);
    cr_assert_eq(host_event_get(process).event.Data1, 1);
    fiber_run(late);
    cr_assert_eq(late->result.status, STATUS_NOTHING);
    cr_assert_eq(event.Type, NOTHING, "what it had looked at is not left in its memory");
}

// ---- R-B1: no wake-up is lost ----

enum { STREAM_WAITERS = 3, STREAM_EVENTS = 200000 };

struct stream {
    struct process *process;
    uint32_t raised, taken;
    bool ended;
};

// A thread as programs have it: sleeps while nothing is pending, then gets.
static void stream_thread(void *argument) {
    struct stream *stream = argument;
    while (!stream->ended) {
        EVENT event;
        if (fiber_invoke((call_function *)call_event_wait, (const uint64_t[6]){DEADLINE_NEVER}).status != STATUS_OK)
            return;
        struct result result = fiber_invoke((call_function *)call_event_get, (const uint64_t[6]){USER(&event)});
        if (result.status == STATUS_OK)
            stream->taken += event.Data2;
    }
}

static void some_run(struct fiber *fibers[], uint32_t choice) {
    struct fiber *fiber = fibers[choice % STREAM_WAITERS];
    if (fiber_is_ready(fiber))
        fiber_run(fiber);
}

// A producer at interrupt time and several waiters, in a random order of steps; every pause is inside event_get,
// between looking at an event and taking it.
Test(events, R_B1_no_event_of_a_stream_is_lost_between_several_waiters, .timeout = 100) {
    struct stream stream = {.process = host_process("p")};
    struct notice notices[2] = {0};
    struct fiber *fibers[STREAM_WAITERS];
    uint32_t seed = 12345;
    for (int i = 0; i < 2; i++)
        notice_start(&notices[i], stream.process->notice_target, 0, 0);
    for (int i = 0; i < STREAM_WAITERS; i++)
        fibers[i] = fiber_start(stream.process, stream_thread, &stream);
    user_memory_set_paging(true);
    fiber_set_pauses(PAUSE_COPY);
    while (stream.raised < STREAM_EVENTS) {
        EVENT event = {.Type = EVENT_TIMER, .Data2 = 1};
        seed = seed * 1664525 + 1013904223;
        if (seed >> 30 != 0)
            some_run(fibers, seed >> 16);
        else
            notice_raise(&notices[stream.raised++ % 2], &event);
    }
    fiber_set_pauses(0);
    fiber_run_all();
    cr_assert_eq(stream.taken, stream.raised, "%u of %u", stream.taken, stream.raised);
    for (int i = 0; i < STREAM_WAITERS; i++)
        cr_assert(fiber_is_waiting(fibers[i]));
    for (int i = 0; i < 2; i++)
        notice_end(&notices[i]);
    stream.ended = true;
    host_process_end(stream.process);
}

// ---- the queue as an object ----

Test(events, the_queue_describes_itself) {
    struct process *process = host_process("p");
    char text[512] = {0};
    struct writer writer;
    send_to_self(process, 1);
    struct object *queue = object_next(OBJECT_EVENT_QUEUE, 0);
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(queue, &writer);
    cr_assert_not_null(strstr(text, "pending: 1\nof other processes: 1 of 256\nfirst type: 256\nrefused: 0\n"));
    object_release(queue);
}

Test(events, who_waits_for_an_event_waits_for_nobody_in_particular) {
    struct process *process = host_process("p");
    struct object *queue = object_next(OBJECT_EVENT_QUEUE, 0);
    struct wait_edges edges = {0};
    queue->type->wait_edges(queue, WAIT_EVENT, &edges);
    cr_assert_eq(edges.count, 0);
    queue->type->wait_edges(queue, WAIT_EVENT_ROOM, &edges);
    cr_assert_eq(edges.count, 1, "room is made by the receiver");
    cr_assert_eq(edges.processes[0], process->id);
    object_release(queue);
}

// ---- processes come and go ----

static enum status process_make(void *context) {
    struct host_plan plan = {.name = "p"};
    return host_process_create(&plan, context);
}

static void process_unmake(void *context) {
    host_process_end(*(struct process **)context);
}

Test(events, every_failed_allocation_in_the_making_of_a_process_leaves_nothing) {
    struct process *process;
    struct host_operation operation = {process_make, process_unmake, &process};
    cr_assert_gt(host_fail_each_allocation(&operation), 6);
    cr_assert_eq(object_count(), 0);
}

Test(events, a_parent_learns_that_its_child_ended_though_its_queue_was_full) {
    struct process *parent = host_process("parent"), *child;
    struct host_plan plan = {.parent = parent, .name = "child"};
    cr_assert_eq(host_process_create(&plan, &child), STATUS_OK);
    uint32_t id = child->id;
    EVENT event = {.Type = EVENT_USER};
    while (AS(parent, event_send, parent->id, USER(&event), 0, DEADLINE_NOW).status == STATUS_OK)
        continue;
    host_process_end(child);
    struct host_event got;
    do
        got = host_event_get(parent);
    while (got.event.Type != EVENT_PROCESS && got.status == STATUS_OK);
    cr_assert_eq(got.event.Action, END_KILLED);
    cr_assert_eq(got.event.Data1, id);
    cr_assert_eq(got.event.Data2, 9);
}
