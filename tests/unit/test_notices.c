// Tests of notices: the reserved places of the kernel's events, on real event queues.
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/unit/host/host.h"

TestSuite(notices, .init = host_start, .fini = host_finish);

static const struct object_type source_type = {
    .name = "source",
    .kind = OBJECT_TIMER,
    .size = sizeof(struct object),
    .lock_rank = RANK_OBJECT,
};

static struct object *source_make(void) {
    struct object *source;
    cr_assert_eq(object_create(&source_type, 0, "source", &source), STATUS_OK);
    return source;
}

static const EVENT first_event = {.Type = EVENT_PROCESS, .Data1 = 1};
static const EVENT second_event = {.Type = EVENT_PROCESS, .Data1 = 2};

Test(notices, a_raised_notice_is_an_event_with_its_source) {
    struct process *process = host_process("p");
    struct notice notice = {.process = 77, .user = 3};
    notice_start(&notice, process->notice_target, 0, 1234);
    uint64_t raised = clock_now();
    notice_raise(&notice, &first_event);
    machine_clock_advance(1000);
    struct host_event got = host_event_get(process);
    cr_assert_eq(got.status, STATUS_OK);
    cr_assert_arr_eq(&got.event, &first_event, sizeof(EVENT));
    struct event_source expected = {.process = 77, .user = 3, .object = 1234, .time = raised, .count = 1};
    cr_assert_arr_eq(&got.source, &expected, sizeof(expected));
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    notice_end(&notice);
}

// R-B2: repeats coalesce with a count; the newest event, the time of the first.
Test(notices, R_B2_repeats_coalesce_with_a_count) {
    struct process *process = host_process("p");
    struct notice notice = {0};
    notice_start(&notice, process->notice_target, 0, 0);
    uint64_t raised = clock_now();
    notice_raise(&notice, &first_event);
    machine_clock_advance(1000);
    notice_raise(&notice, &first_event);
    notice_raise(&notice, &second_event);
    struct host_event got = host_event_get(process);
    cr_assert_eq(got.event.Data1, 2);
    cr_assert_eq(got.source.count, 3);
    cr_assert_eq(got.source.time, raised);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    notice_raise(&notice, &first_event);
    cr_assert_eq(host_event_get(process).source.count, 1, "the count starts anew");
    notice_end(&notice);
}

Test(notices, the_count_does_not_wrap_around) {
    struct process *process = host_process("p");
    struct notice notice = {0};
    EVENT event = {.Type = EVENT_TIMER, .Data2 = UINT32_MAX - 1};
    notice_start(&notice, process->notice_target, 0, 0);
    notice_raise(&notice, &event);
    event.Data2 = 5;
    notice_raise(&notice, &event);
    struct host_event got = host_event_get(process);
    cr_assert_eq(got.source.count, UINT32_MAX);
    cr_assert_eq(got.event.Data2, UINT32_MAX);
    notice_end(&notice);
}

// R-B2: raising never allocates and cannot fail, however many events wait.
Test(notices, R_B2_raising_needs_no_memory_and_no_room) {
    enum { NOTICES = 2 * EVENT_QUEUE_CAPACITY };
    struct process *process = host_process("p");
    struct notice *notices = calloc(NOTICES, sizeof(struct notice));
    struct host_figures before = host_figures();
    allocation_fail_at(1);
    for (uint32_t i = 0; i < NOTICES; i++) {
        EVENT event = {.Type = EVENT_PROCESS, .Data1 = i};
        notice_start(&notices[i], process->notice_target, 0, 0);
        notice_raise(&notices[i], &event);
    }
    cr_assert_not(allocation_has_failed(), "nothing was asked for");
    host_figures_expect(&before, "after raising");
    for (uint32_t i = 0; i < NOTICES; i++) {
        struct host_event got = host_event_get(process);
        cr_assert_eq(got.status, STATUS_OK);
        cr_assert_eq(got.event.Data1, i, "in the order of arrival");
        notice_end(&notices[i]);
    }
    free(notices);
}

Test(notices, R_B2_raising_wakes_a_sleeper) {
    struct process *process = host_process("p");
    struct notice notice = {0};
    notice_start(&notice, process->notice_target, 0, 0);
    struct fiber *sleeper = FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(sleeper), WAIT_EVENT);
    notice_raise(&notice, &first_event);
    fiber_run(sleeper);
    cr_assert_eq(sleeper->result.status, STATUS_OK);
    notice_end(&notice);
}

// ---- owners, cancelling, ending ----

Test(notices, a_queued_notice_keeps_its_owner_alive) {
    struct process *process = host_process("p");
    struct object *source = source_make();
    struct notice notice = {0};
    notice_start(&notice, process->notice_target, source, source->id);
    notice_raise(&notice, &first_event);
    notice_raise(&notice, &first_event);
    cr_assert_eq(source->references, 2, "one reference, however often it was raised");
    host_event_get(process);
    cr_assert_eq(source->references, 1);
    notice_end(&notice);
    object_release(source);
}

Test(notices, a_cancelled_notice_is_gone_and_can_be_raised_again) {
    struct process *process = host_process("p");
    struct object *source = source_make();
    struct notice notice = {0};
    notice_start(&notice, process->notice_target, source, source->id);
    notice_raise(&notice, &first_event);
    notice_cancel(&notice);
    cr_assert_eq(source->references, 1);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    notice_cancel(&notice);
    notice_raise(&notice, &second_event);
    cr_assert_eq(host_event_get(process).event.Data1, 2);
    notice_end(&notice);
    object_release(source);
}

Test(notices, an_ended_notice_lets_go_of_its_queue) {
    struct process *process = host_process("p");
    struct notice notice = {0};
    notice_start(&notice, process->notice_target, 0, 0);
    notice_raise(&notice, &first_event);
    notice_end(&notice);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    notice_raise(&notice, &first_event);
    notice_cancel(&notice);
    notice_end(&notice);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}

Test(notices, a_notice_without_target_is_told_to_nobody) {
    struct notice notice = {0};
    notice_start(&notice, 0, 0, 0);
    notice_raise(&notice, &first_event);
    cr_assert_not(notice.queued);
    notice_end(&notice);
}

Test(notices, the_end_of_the_process_lets_go_of_queued_owners) {
    struct process *process = host_process("p");
    struct object *source = source_make();
    struct notice notice = {0};
    notice_start(&notice, process->notice_target, source, source->id);
    notice_raise(&notice, &first_event);
    host_process_end(process);
    cr_assert_eq(source->references, 1);
    notice_raise(&notice, &first_event);
    cr_assert_not(notice.queued, "the queue outlives its process, closed");
    notice_end(&notice);
    object_release(source);
}

// ---- taking ----

static enum status taking_status;
static struct process *taker_seen;

static enum status take_number_7(struct notice *notice, struct process *taker, EVENT *event) {
    (void)notice;
    taker_seen = taker;
    if (taking_status == STATUS_OK)
        event->Data1 = 7;
    return taking_status;
}

struct taken {
    struct process *process;
    struct object *source;
    struct notice notice;
};

static struct taken taken_start(void) {
    struct taken taken = {.process = host_process("p"), .source = source_make(), .notice.take = take_number_7};
    return taken;
}

Test(notices, take_may_change_the_event) {
    struct taken taken = taken_start();
    notice_start(&taken.notice, taken.process->notice_target, taken.source, taken.source->id);
    notice_raise(&taken.notice, &first_event);
    cr_assert_eq(host_event_get(taken.process).event.Data1, 7);
    cr_assert_eq(taker_seen, taken.process);
    notice_end(&taken.notice);
    object_release(taken.source);
}

Test(notices, an_event_that_take_refuses_stays_the_first) {
    struct taken taken = taken_start();
    struct notice other = {0};
    notice_start(&taken.notice, taken.process->notice_target, taken.source, taken.source->id);
    notice_start(&other, taken.process->notice_target, 0, 0);
    notice_raise(&taken.notice, &first_event);
    notice_raise(&other, &second_event);
    taking_status = STATUS_LIMIT_REACHED;
    for (int i = 0; i < 3; i++)
        cr_assert_eq(host_event_get(taken.process).status, STATUS_LIMIT_REACHED);
    cr_assert_eq(taken.source->references, 2, "still queued");
    taking_status = STATUS_OK;
    struct host_event got = host_event_get(taken.process);
    cr_assert_eq(got.event.Data1, 7);
    cr_assert_eq(got.source.count, 1);
    cr_assert_eq(host_event_get(taken.process).event.Data1, 2);
    notice_end(&taken.notice);
    notice_end(&other);
    object_release(taken.source);
}

static enum status raise_again_and_refuse(struct notice *notice, struct process *taker, EVENT *event) {
    (void)taker, (void)event;
    notice->take = take_number_7;
    notice_raise(notice, &second_event);
    return STATUS_NO_MEMORY;
}

Test(notices, an_event_raised_again_while_take_refused_counts_both) {
    struct taken taken = taken_start();
    taken.notice.take = raise_again_and_refuse;
    notice_start(&taken.notice, taken.process->notice_target, taken.source, taken.source->id);
    notice_raise(&taken.notice, &first_event);
    cr_assert_eq(host_event_get(taken.process).status, STATUS_NO_MEMORY);
    cr_assert_eq(taken.source->references, 2, "queued once");
    struct host_event got = host_event_get(taken.process);
    cr_assert_eq(got.event.Data1, 7);
    cr_assert_eq(got.source.count, 2);
    cr_assert_eq(taken.source->references, 1);
    notice_end(&taken.notice);
    object_release(taken.source);
}
