// Tests of watches: EVENT_READY comes once when a condition is true.
#include <criterion/criterion.h>

#include "kernel/object/machine.h"
#include "tests/unit/pipes.h"

TestSuite(watches, .init = host_start, .fini = host_finish);

static enum status watch(struct process *process, uint64_t number, uint32_t conditions, uint32_t key) {
    return (enum status)AS(process, event_watch, number, conditions, key).status;
}

// A pipe to oneself: the number of the end that receives, and of the one that sends.
struct own_pipe {
    struct process *process;
    uint64_t receive, send;
};

static struct own_pipe own_pipe_make(struct process *process) {
    struct pipe_create wish = {.mode = PIPE_RECEIVE};
    struct own_pipe pipe = {.process = process, .receive = pipe_scene_create(process, &wish).value};
    pipe.send = (uint64_t)wish.other;
    return pipe;
}

static void pipe_put(const struct own_pipe *pipe) {
    cr_assert_eq(AS(pipe->process, pipe_write, pipe->send, USER("x"), 1, DEADLINE_NOW).value, 1);
}

Test(watches, wrong_requests_are_refused) {
    struct process *process = host_process("p");
    struct own_pipe pipe = own_pipe_make(process);
    int32_t account;
    cr_assert_eq(number_insert(&process->numbers, &process->account->object, RIGHT_WAIT, &account), STATUS_OK);
    uint64_t mute = (uint64_t)host_machine_number(process, RIGHT_COPY);
    struct host_figures before = host_figures();
    cr_assert_eq(watch(process, pipe.receive, 8, 0), STATUS_INVALID_ARGUMENT);
    cr_assert_eq(watch(process, 999, WATCH_READABLE, 0), STATUS_BAD_NUMBER);
    cr_assert_eq(watch(process, mute, WATCH_READABLE, 0), STATUS_NO_RIGHT);
    cr_assert_eq(watch(process, (uint64_t)account, WATCH_READABLE, 0), STATUS_WRONG_TYPE);
    host_figures_expect(&before, "after wrong requests");
}

Test(watches, a_watch_fires_once_and_is_spent) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    cr_assert_eq(watch(pipe.process, pipe.receive, WATCH_READABLE, 7), STATUS_OK);
    cr_assert_eq(host_event_get(pipe.process).status, STATUS_NOTHING);
    pipe_put(&pipe);
    pipe_put(&pipe);
    struct host_event got = host_event_get(pipe.process);
    cr_assert_eq(got.event.Type, EVENT_READY);
    cr_assert_eq(got.event.Action, WATCH_READABLE);
    cr_assert_eq(got.event.Data1, pipe.receive);
    cr_assert_eq(got.event.Data2, 7);
    cr_assert_neq(got.source.object, 0);
    cr_assert_eq(host_event_get(pipe.process).status, STATUS_NOTHING);
}

Test(watches, a_watch_fires_at_once_when_its_condition_is_true_already) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    pipe_put(&pipe);
    cr_assert_eq(watch(pipe.process, pipe.receive, WATCH_READABLE, 1), STATUS_OK);
    cr_assert_eq(host_event_get(pipe.process).event.Type, EVENT_READY);
    cr_assert_eq(watch(pipe.process, pipe.receive, WATCH_READABLE, 2), STATUS_OK, "set again");
    cr_assert_eq(host_event_get(pipe.process).event.Data2, 2);
}

Test(watches, a_new_watch_of_a_number_replaces_the_old_one) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    watch(pipe.process, pipe.receive, WATCH_READABLE, 1);
    struct host_figures before = host_figures();
    watch(pipe.process, pipe.receive, WATCH_READABLE, 2);
    host_figures_expect(&before, "after replacing");
    pipe_put(&pipe);
    cr_assert_eq(host_event_get(pipe.process).event.Data2, 2);
    cr_assert_eq(host_event_get(pipe.process).status, STATUS_NOTHING);
}

Test(watches, replacing_drops_an_event_that_was_not_taken) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    watch(pipe.process, pipe.receive, WATCH_READABLE, 1);
    pipe_put(&pipe);
    watch(pipe.process, pipe.receive, WATCH_CLOSED, 2);
    cr_assert_eq(host_event_get(pipe.process).status, STATUS_NOTHING);
}

Test(watches, no_conditions_remove_it) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    struct host_figures before = host_figures();
    watch(pipe.process, pipe.receive, WATCH_READABLE, 1);
    cr_assert_eq(watch(pipe.process, pipe.receive, 0, 0), STATUS_OK);
    cr_assert_eq(watch(pipe.process, pipe.receive, 0, 0), STATUS_OK, "there is none now");
    host_figures_expect(&before, "after removing");
    pipe_put(&pipe);
    cr_assert_eq(host_event_get(pipe.process).status, STATUS_NOTHING);
}

Test(watches, two_numbers_of_one_object_have_watches_of_their_own) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    struct object *end;
    int32_t copy;
    number_find(&pipe.process->numbers, (int32_t)pipe.receive, OBJECT_ANY, 0, &end);
    number_insert(&pipe.process->numbers, end, RIGHT_WAIT, &copy);
    object_release(end);
    watch(pipe.process, pipe.receive, WATCH_READABLE, 1);
    watch(pipe.process, (uint64_t)copy, WATCH_READABLE, 2);
    pipe_put(&pipe);
    cr_assert_eq(host_event_get(pipe.process).event.Data2 + host_event_get(pipe.process).event.Data2, 3);
}

Test(watches, only_the_conditions_asked_for_are_told) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    watch(pipe.process, pipe.receive, WATCH_CLOSED, 1);
    pipe_put(&pipe);
    cr_assert_eq(host_event_get(pipe.process).status, STATUS_NOTHING);
    number_close(&pipe.process->numbers, (int32_t)pipe.send);
    cr_assert_eq(host_event_get(pipe.process).event.Action, WATCH_CLOSED);
}

Test(watches, a_watch_ends_with_its_number) {
    struct process *process = host_process("p");
    own_pipe_make(process); // a table of numbers grows once
    struct host_figures before = host_figures();
    struct own_pipe pipe = own_pipe_make(process);
    watch(process, pipe.receive, WATCH_READABLE, 1);
    watch(process, pipe.send, WATCH_CLOSED, 1);
    pipe_put(&pipe);
    number_close(&process->numbers, (int32_t)pipe.receive);
    number_close(&process->numbers, (int32_t)pipe.send);
    for (struct host_event got; (got = host_event_get(process)).status == STATUS_OK;) {
        cr_assert_neq(got.event.Type, EVENT_READY, "what was told and not taken goes with its number");
    }
    host_figures_expect(&before, "after closing");
}

Test(watches, a_watch_that_has_fired_ends_with_its_number) {
    struct process *watcher = host_process("watcher"), *other = host_process("other");
    struct host_figures before = host_figures();
    int32_t number;
    cr_assert_eq(number_insert(&watcher->numbers, &other->object, RIGHT_WAIT, &number), STATUS_OK);
    watch(watcher, (uint64_t)number, WATCH_CLOSED, 5);
    host_process_end(other);
    cr_assert_eq(host_event_get(watcher).event.Data2, 5);
    number_close(&watcher->numbers, number);
    cr_assert_lt(object_count(), before.objects, "the ended process is gone");
}

Test(watches, another_number_of_the_object_is_not_told_in_its_place) {
    struct process *process = host_process("p");
    struct own_pipe pipe = own_pipe_make(process);
    watch(process, pipe.receive, WATCH_READABLE, 1);
    int32_t copy;
    struct object *end;
    number_find(&process->numbers, (int32_t)pipe.receive, OBJECT_ANY, 0, &end);
    number_insert(&process->numbers, end, RIGHT_WAIT, &copy);
    object_release(end);
    number_close(&process->numbers, (int32_t)pipe.receive);
    pipe_put(&pipe);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING, "only what is watched is told");
}

// ---- processes and threads ----

static uint64_t number_of(struct process *process, struct object *object) {
    int32_t number;
    cr_assert_eq(number_insert(&process->numbers, object, RIGHT_WAIT, &number), STATUS_OK);
    return (uint64_t)number;
}

Test(watches, the_end_of_a_process_is_a_condition) {
    struct process *watcher = host_process("watcher"), *other = host_process("other");
    uint64_t number = number_of(watcher, &other->object);
    watch(watcher, number, WATCH_CLOSED, 5);
    cr_assert_eq(host_event_get(watcher).status, STATUS_NOTHING);
    host_process_end(other);
    struct host_event got = host_event_get(watcher);
    cr_assert_eq(got.event.Type, EVENT_READY);
    cr_assert_eq(got.event.Action, WATCH_CLOSED);
    watch(watcher, number, WATCH_CLOSED, 5);
    cr_assert_eq(host_event_get(watcher).event.Action, WATCH_CLOSED, "it is true from now on");
}

Test(watches, the_end_of_a_thread_is_a_condition) {
    struct process *process = host_process("p");
    struct fiber *fiber = FIBER_CALL(process, event_wait, DEADLINE_NEVER);
    uint64_t number = number_of(process, &fiber->thread->object);
    watch(process, number, WATCH_CLOSED, 5);
    fiber_interrupt(fiber);
    fiber_run_all();
    cr_assert_eq(host_event_get(process).event.Data2, 5);
}

Test(watches, a_process_may_watch_itself_and_end) {
    struct process *process = host_process("p");
    watch(process, number_of(process, &process->object), WATCH_CLOSED, 5);
    host_process_end(process);
    cr_assert_eq(object_count(), 0);
}

Test(watches, the_end_of_the_watcher_takes_its_watches_away) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    watch(scene.reader, (uint64_t)scene.read_number, WATCH_READABLE, 1);
    host_process_end(scene.reader);
    cr_assert_eq(pipe_scene_write(&scene, "x", 1).status, STATUS_PEER_DIED);
}

// ---- memory and limits ----

static enum status set(void *context) {
    const struct own_pipe *pipe = context;
    return watch(pipe->process, pipe->receive, WATCH_READABLE, 1);
}

static void unset(void *context) {
    const struct own_pipe *pipe = context;
    watch(pipe->process, pipe->receive, 0, 0);
}

Test(watches, a_failed_allocation_sets_no_watch) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    struct host_operation operation = {set, unset, &pipe};
    cr_assert_eq(host_fail_each_allocation(&operation), 1);
}

// R-B3: each is charged as an object.
Test(watches, R_B3_watches_are_limited) {
    struct own_pipe pipe = own_pipe_make(host_process("p"));
    struct account *account = pipe.process->account;
    account_set_limit(account, ACCOUNT_OBJECTS, account->lines[ACCOUNT_OBJECTS].used);
    cr_assert_eq(set(&pipe), STATUS_LIMIT_REACHED);
    account_set_limit(account, ACCOUNT_OBJECTS, account->lines[ACCOUNT_OBJECTS].used + 1);
    cr_assert_eq(set(&pipe), STATUS_OK);
}

Test(watches, the_log_growing_is_told_once_to_who_watches_the_machine) {
    struct process *process = host_process("p");
    uint64_t machine = (uint64_t)host_machine_number(process, RIGHT_WAIT);
    machine_log_grew();
    watch(process, machine, WATCH_READABLE, 5);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING, "only what comes after the watch was set");
    machine_log_grew();
    machine_log_grew();
    struct host_event got = host_event_get(process);
    cr_assert_eq(got.event.Action, WATCH_READABLE);
    cr_assert_eq(got.event.Data2, 5);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
}
