// Tests of timer objects: once, again and again, late, stopped, closed.
#include <criterion/criterion.h>
#include <string.h>

#include "ipc/timer.h"
#include "kernel/base/writer.h"
#include "tests/unit/host/host.h"

TestSuite(timers, .init = host_start, .fini = host_finish);

enum { MILLISECOND = 1000000 };

static uint64_t timer_new(struct process *process) {
    struct result result = AS(process, timer_create);
    cr_assert_eq(result.status, STATUS_OK);
    return result.value;
}

static enum status set(struct process *process, uint64_t number, uint64_t when, uint64_t interval) {
    return (enum status)AS(process, timer_set, number, when, interval).status;
}

Test(timers, a_new_timer_stands_still) {
    struct process *process = host_process("p");
    timer_new(process);
    machine_clock_advance(1000 * (uint64_t)MILLISECOND);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(timers, a_timer_goes_off_once_at_its_time) {
    struct process *process = host_process("p");
    uint64_t number = timer_new(process);
    cr_assert_eq(set(process, number, clock_now() + MILLISECOND, 0), STATUS_OK);
    machine_clock_advance(MILLISECOND - 1);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    machine_clock_advance(1);
    struct host_event got = host_event_get(process);
    cr_assert_eq(got.event.Type, EVENT_TIMER);
    cr_assert_eq(got.event.Data1, number);
    cr_assert_eq(got.event.Data2, 1);
    machine_clock_advance(1000 * (uint64_t)MILLISECOND);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(timers, a_time_that_has_passed_goes_off_at_once) {
    struct process *process = host_process("p");
    set(process, timer_new(process), 5, 0);
    machine_clock_advance(0);
    cr_assert_eq(host_event_get(process).event.Type, EVENT_TIMER);
}

Test(timers, an_interval_repeats_it) {
    struct process *process = host_process("p");
    set(process, timer_new(process), clock_now() + MILLISECOND, 2 * MILLISECOND);
    machine_clock_advance(MILLISECOND);
    cr_assert_eq(host_event_get(process).event.Data2, 1);
    for (int i = 0; i < 5; i++) {
        machine_clock_advance(2 * MILLISECOND - 1);
        cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
        machine_clock_advance(1);
        cr_assert_eq(host_event_get(process).event.Data2, 1);
    }
}

// R-B2: repeats coalesce with a count.
Test(timers, R_B2_expirations_that_were_not_taken_are_counted) {
    struct process *process = host_process("p");
    set(process, timer_new(process), clock_now() + MILLISECOND, MILLISECOND);
    for (int i = 0; i < 4; i++)
        machine_clock_advance(MILLISECOND);
    machine_clock_advance(6 * MILLISECOND); // as when the machine was busy for so long
    cr_assert_eq(host_event_get(process).event.Data2, 10);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(timers, a_late_timer_keeps_its_beat) {
    struct process *process = host_process("p");
    uint64_t start = clock_now();
    set(process, timer_new(process), start + MILLISECOND, MILLISECOND);
    machine_clock_advance(MILLISECOND + MILLISECOND / 2);
    cr_assert_eq(host_event_get(process).event.Data2, 1);
    machine_clock_advance(MILLISECOND / 2);
    cr_assert_eq(host_event_get(process).event.Data2, 1);
}

Test(timers, an_interval_beyond_all_time_goes_off_once) {
    struct process *process = host_process("p");
    set(process, timer_new(process), clock_now() + MILLISECOND, UINT64_MAX);
    machine_clock_advance(MILLISECOND);
    cr_assert_eq(host_event_get(process).event.Data2, 1);
    machine_clock_advance(1000 * (uint64_t)MILLISECOND);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(timers, setting_it_takes_back_what_was_not_taken_yet) {
    struct process *process = host_process("p");
    uint64_t number = timer_new(process);
    set(process, number, clock_now() + MILLISECOND, 0);
    machine_clock_advance(MILLISECOND);
    set(process, number, clock_now() + MILLISECOND, 0);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(timers, a_timer_that_is_closed_while_it_is_set_stands_still) {
    struct process *process = host_process("p");
    struct object *object;
    uint64_t number = timer_new(process);
    number_find(&process->numbers, (int32_t)number, OBJECT_TIMER, 0, &object);
    number_close(&process->numbers, (int32_t)number);
    cr_assert_eq(event_timer_set((struct event_timer *)object, clock_now(), 0), STATUS_BAD_NUMBER);
    object_release(object);
}

Test(timers, never_stops_it) {
    struct process *process = host_process("p");
    uint64_t number = timer_new(process);
    set(process, number, clock_now() + MILLISECOND, MILLISECOND);
    cr_assert_eq(set(process, number, DEADLINE_NEVER, 0), STATUS_OK);
    machine_clock_advance(10 * MILLISECOND);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(timers, setting_it_again_replaces_the_time) {
    struct process *process = host_process("p");
    uint64_t number = timer_new(process);
    set(process, number, clock_now() + MILLISECOND, 0);
    set(process, number, clock_now() + 3 * MILLISECOND, 0);
    machine_clock_advance(2 * MILLISECOND);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    machine_clock_advance(MILLISECOND);
    cr_assert_eq(host_event_get(process).event.Data2, 1);
}

Test(timers, wrong_requests_are_refused_and_leave_it_as_it_was) {
    struct process *process = host_process("p");
    uint64_t number = timer_new(process), machine = (uint64_t)host_machine_number(process, RIGHT_COPY);
    set(process, number, clock_now() + MILLISECOND, 0);
    cr_assert_eq(set(process, number, DEADLINE_NEVER, EVENT_TIMER_INTERVAL_MIN - 1), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(set(process, 99, 0, 0), STATUS_BAD_NUMBER);
    cr_assert_eq(set(process, machine, 0, 0), STATUS_WRONG_TYPE);
    machine_clock_advance(MILLISECOND);
    cr_assert_eq(host_event_get(process).event.Type, EVENT_TIMER);
}

Test(timers, the_right_to_manage_is_needed) {
    struct process *process = host_process("p");
    struct object *object;
    int32_t copy;
    number_find(&process->numbers, (int32_t)timer_new(process), OBJECT_TIMER, 0, &object);
    number_insert(&process->numbers, object, RIGHT_COPY, &copy);
    object_release(object);
    cr_assert_eq(set(process, (uint64_t)copy, 0, 0), STATUS_NO_RIGHT);
}

Test(timers, a_closed_timer_is_silent) {
    struct process *process = host_process("p");
    uint64_t number = timer_new(process), other = timer_new(process);
    set(process, number, clock_now() + MILLISECOND, MILLISECOND);
    set(process, other, clock_now() + MILLISECOND, MILLISECOND);
    machine_clock_advance(MILLISECOND);
    number_close(&process->numbers, (int32_t)number);
    machine_clock_advance(MILLISECOND);
    cr_assert_eq(host_event_get(process).event.Data1, other);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(timers, a_timer_ends_with_its_process) {
    struct process *process = host_process("p");
    set(process, timer_new(process), clock_now() + MILLISECOND, MILLISECOND);
    host_process_end(process);
    machine_clock_advance(MILLISECOND);
    cr_assert_eq(object_count(), 0);
}

Test(timers, a_timer_describes_itself) {
    struct process *process = host_process("p");
    uint64_t number = timer_new(process);
    set(process, number, clock_now() + 5 * MILLISECOND, MILLISECOND);
    struct object *object = object_next(OBJECT_TIMER, 0);
    char text[512] = {0};
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(object, &writer);
    cr_assert_not_null(strstr(text, "goes off: in 5000000 ns\ninterval: 1000000 ns\n"), "%s", text);
    set(process, number, DEADLINE_NEVER, 0);
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(object, &writer);
    cr_assert_not_null(strstr(text, "goes off: never\ninterval: 0 ns\n"), "%s", text);
    object_release(object);
}

static enum status create_and_close(void *context) {
    struct process *process = context;
    struct result result = AS(process, timer_create);
    if (result.status == STATUS_OK)
        number_close(&process->numbers, (int32_t)result.value);
    return (enum status)result.status;
}

Test(timers, a_failed_allocation_or_a_spent_limit_makes_no_timer) {
    struct process *process = host_process("p");
    create_and_close(process); // the number table has its page
    struct host_operation operation = {create_and_close, 0, process};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
    account_set_limit(process->account, ACCOUNT_NUMBERS, 0);
    struct host_figures before = host_figures();
    cr_assert_eq(create_and_close(process), STATUS_LIMIT_REACHED);
    host_figures_expect(&before, "at the limit");
}
