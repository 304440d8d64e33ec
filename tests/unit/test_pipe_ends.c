// Tests of closing pipes, and of what instruments and watches see of them.
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/base/writer.h"
#include "tests/unit/pipes.h"

TestSuite(pipe_ends, .init = host_start, .fini = host_finish);

static void close_writer(const struct pipe_scene *scene) {
    cr_assert_eq(number_close(&scene->writer->numbers, scene->write_number), STATUS_OK);
}

static void close_reader(const struct pipe_scene *scene) {
    cr_assert_eq(number_close(&scene->reader->numbers, scene->read_number), STATUS_OK);
}

Test(pipe_ends, closing_is_told_to_the_other_side_by_event) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    close_writer(&scene);
    struct host_event got = host_event_get(scene.reader);
    cr_assert_eq(got.event.Type, EVENT_PIPE);
    cr_assert_eq(got.event.Action, PIPE_CLOSED);
    cr_assert_eq((int32_t)got.event.Data1, scene.read_number);
    cr_assert_eq(got.event.Data2, scene.writer->id);
    cr_assert_eq(got.event.Data3, PIPE_RECEIVE);
    cr_assert_eq(host_event_get(scene.writer).status, STATUS_NOTHING);
}

Test(pipe_ends, who_closes_both_ends_is_told_nothing_and_keeps_nothing) {
    struct process *process = host_process("p");
    struct pipe_create wish = {.mode = PIPE_SEND};
    host_machine_number(process, 0); // the number table has its page
    struct host_figures before = host_figures();
    struct result made = pipe_scene_create(process, &wish);
    number_close(&process->numbers, (int32_t)made.value);
    number_close(&process->numbers, wish.other);
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING);
    host_figures_expect(&before, "after closing both ends");
}

Test(pipe_ends, the_death_of_a_process_is_told_as_closing) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    host_process_end(scene.reader);
    EVENT event = pipe_scene_event(scene.writer);
    cr_assert_eq(event.Action, PIPE_CLOSED);
    cr_assert_eq((int32_t)event.Data1, scene.write_number);
}

Test(pipe_ends, data_stays_readable_after_the_writer_closed) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char buffer[8] = {0};
    pipe_scene_write(&scene, "hello", 5);
    close_writer(&scene);
    cr_assert_eq(pipe_scene_read(&scene, buffer, 3).value, 3);
    cr_assert_eq(pipe_scene_read(&scene, buffer + 3, 5).value, 2);
    cr_assert_str_eq(buffer, "hello");
    cr_assert_eq(pipe_scene_read(&scene, buffer, 8).status, STATUS_STREAM_END);
}

Test(pipe_ends, nobody_writes_to_a_closed_reader) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    close_reader(&scene);
    cr_assert_eq(pipe_scene_write(&scene, "x", 1).status, STATUS_PEER_DIED);
}

Test(pipe_ends, a_strict_pipe_loses_its_data_when_either_side_closes) {
    struct pipe_scene scene = pipe_scene_make(0, PIPE_STRICT);
    char buffer[8];
    pipe_scene_write(&scene, "hello", 5);
    close_writer(&scene);
    cr_assert_eq(AS(scene.reader, pipe_pending, (uint64_t)scene.read_number).value, 0);
    cr_assert_eq(pipe_scene_read(&scene, buffer, 8).status, STATUS_PEER_DIED);
}

Test(pipe_ends, a_copied_number_keeps_the_end_open) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    struct object *end;
    int32_t copy;
    cr_assert_eq(number_find(&scene.writer->numbers, scene.write_number, OBJECT_PIPE_END, 0, &end), STATUS_OK);
    cr_assert_eq(number_insert(&scene.writer->numbers, end, RIGHT_WRITE, &copy), STATUS_OK);
    object_release(end);
    close_writer(&scene);
    cr_assert_eq(host_event_get(scene.reader).status, STATUS_NOTHING);
    number_close(&scene.writer->numbers, copy);
    cr_assert_eq(host_event_get(scene.reader).event.Action, PIPE_CLOSED);
}

Test(pipe_ends, who_gave_its_end_away_is_not_told) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    struct process *third = host_process("third");
    struct object *end;
    int32_t number;
    cr_assert_eq(number_find(&scene.reader->numbers, scene.read_number, OBJECT_PIPE_END, 0, &end), STATUS_OK);
    cr_assert_eq(number_insert(&third->numbers, end, RIGHT_READ, &number), STATUS_OK);
    object_release(end);
    close_reader(&scene);
    cr_assert_eq(host_event_get(scene.writer).status, STATUS_NOTHING, "the end is open, elsewhere");
    close_writer(&scene);
    cr_assert_eq(host_event_get(scene.reader).status, STATUS_NOTHING, "it holds no end any more");
    char byte;
    cr_assert_eq(AS(third, pipe_read, (uint64_t)number, USER(&byte), 1, DEADLINE_NOW).status, STATUS_STREAM_END);
}

Test(pipe_ends, a_process_that_ended_before_is_not_told) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    struct process *third = host_process("third");
    struct object *end;
    int32_t number;
    cr_assert_eq(number_find(&scene.reader->numbers, scene.read_number, OBJECT_PIPE_END, 0, &end), STATUS_OK);
    cr_assert_eq(number_insert(&third->numbers, end, RIGHT_READ, &number), STATUS_OK);
    object_release(end);
    host_process_end(scene.reader);
    close_writer(&scene);
    char byte;
    cr_assert_eq(AS(third, pipe_read, (uint64_t)number, USER(&byte), 1, DEADLINE_NOW).status, STATUS_STREAM_END);
}

// R-B8: an end on its way counts as open.
Test(pipe_ends, R_B8_an_end_that_was_not_taken_yet_is_open) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_RECEIVE};
    char byte;
    uint64_t number = pipe_scene_create(maker, &wish).value;
    cr_assert_eq(AS(maker, pipe_read, number, USER(&byte), 1, DEADLINE_NOW).status, STATUS_WOULD_WAIT);
    host_process_end(other);
    cr_assert_eq(AS(maker, pipe_read, number, USER(&byte), 1, DEADLINE_NOW).status, STATUS_STREAM_END);
}

// ---- watches ----

static EVENT watch(struct process *process, int32_t number, uint32_t conditions) {
    cr_assert_eq(AS(process, event_watch, (uint64_t)number, conditions, 42).status, STATUS_OK);
    return host_event_get(process).event;
}

Test(pipe_ends, conditions_are_true_when_reading_or_writing_would_not_wait) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    cr_assert_eq(watch(scene.reader, scene.read_number, WATCH_READABLE | WATCH_CLOSED).Type, NOTHING);
    cr_assert_eq(watch(scene.writer, scene.write_number, WATCH_WRITABLE | WATCH_CLOSED).Action, WATCH_WRITABLE);
    pipe_scene_write(&scene, "x", 1);
    EVENT event = host_event_get(scene.reader).event;
    cr_assert_eq(event.Type, EVENT_READY);
    cr_assert_eq(event.Action, WATCH_READABLE);
    cr_assert_eq((int32_t)event.Data1, scene.read_number);
    cr_assert_eq(event.Data2, 42);
    cr_assert_eq(watch(scene.writer, scene.write_number, WATCH_WRITABLE).Type, NOTHING, "not a whole page");
    char byte;
    pipe_scene_read(&scene, &byte, 1);
    cr_assert_eq(host_event_get(scene.writer).event.Action, WATCH_WRITABLE);
}

Test(pipe_ends, closing_makes_all_conditions_true) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    watch(scene.reader, scene.read_number, WATCH_READABLE | WATCH_CLOSED);
    close_writer(&scene);
    EVENT event;
    do
        event = host_event_get(scene.reader).event;
    while (event.Type != EVENT_READY && event.Type != NOTHING);
    cr_assert_eq(event.Action, WATCH_READABLE | WATCH_CLOSED);
    cr_assert_eq(pipe_scene_event(scene.reader).Action, PIPE_CLOSED);
    event = watch(scene.reader, scene.read_number, WATCH_READABLE | WATCH_WRITABLE | WATCH_CLOSED);
    cr_assert_eq(event.Action, WATCH_READABLE | WATCH_CLOSED, "an end that receives is never writable");
}

Test(pipe_ends, an_end_that_sends_never_becomes_readable) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    watch(scene.writer, scene.write_number, WATCH_READABLE);
    close_reader(&scene);
    cr_assert_eq(host_event_get(scene.writer).event.Type, EVENT_PIPE);
    cr_assert_eq(host_event_get(scene.writer).status, STATUS_NOTHING);
}

// ---- instruments ----

static struct object *end_of(struct process *process, int32_t number) {
    struct object *end;
    cr_assert_eq(number_find(&process->numbers, number, OBJECT_PIPE_END, 0, &end), STATUS_OK);
    return end;
}

Test(pipe_ends, an_end_describes_itself) {
    struct pipe_scene scene = pipe_scene_make(0, PIPE_STRICT);
    pipe_scene_write(&scene, "hello", 5);
    struct object *end = end_of(scene.writer, scene.write_number);
    char text[1024] = {0};
    struct writer writer;
    writer_to_buffer(&writer, text, sizeof(text) - 1);
    object_describe(end, &writer);
    cr_assert_not_null(strstr(text, "mode: send\nrule: strict\n"));
    cr_assert_not_null(strstr(text, "bytes: 5 of 65536\npages: 1\n"));
    cr_assert_not_null(strstr(text, ", open\ntaken: yes\nreading: 0\nwriting: 0\n"));
    object_release(end);
}

static struct wait_edges edges_of(struct process *process, int32_t number, enum wait_reason reason) {
    struct wait_edges edges = {0};
    struct object *end = end_of(process, number);
    end->type->wait_edges(end, reason, &edges);
    object_release(end);
    return edges;
}

Test(pipe_ends, data_comes_from_all_who_hold_the_other_end) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    struct process *third = host_process("third");
    struct object *end = end_of(scene.writer, scene.write_number);
    int32_t number;
    cr_assert_eq(number_insert(&third->numbers, end, RIGHT_WRITE, &number), STATUS_OK);
    object_release(end);
    struct wait_edges edges = edges_of(scene.reader, scene.read_number, WAIT_PIPE_DATA);
    cr_assert_eq(edges.count, 2);
    cr_assert_eq(edges.processes[0], scene.writer->id);
    cr_assert_eq(edges.processes[1], third->id);
    close_writer(&scene);
    number_close(&third->numbers, number);
    cr_assert_eq(edges_of(scene.reader, scene.read_number, WAIT_PIPE_DATA).count, 0);
}

Test(pipe_ends, data_comes_from_who_has_not_taken_its_end_yet) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_RECEIVE};
    int32_t number = (int32_t)pipe_scene_create(maker, &wish).value;
    struct wait_edges edges = edges_of(maker, number, WAIT_PIPE_DATA);
    cr_assert_eq(edges.count, 1);
    cr_assert_eq(edges.processes[0], other->id);
}

Test(pipe_ends, a_turn_comes_from_who_has_it) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *fiber =
        FIBER_CALL(scene.writer, pipe_write, (uint64_t)scene.write_number, USER("x"), 1, DEADLINE_NEVER);
    struct wait_edges edges = edges_of(scene.writer, scene.write_number, WAIT_PIPE_TURN);
    cr_assert_eq(edges.count, 1);
    cr_assert_eq(edges.processes[0], scene.writer->id);
    fiber_set_pauses(0);
    fiber_run(fiber);
}

Test(pipe_ends, more_holders_than_fit_are_counted) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    struct object *end = end_of(scene.writer, scene.write_number);
    for (int i = 0; i < WAIT_WAKERS_MAX + 3; i++) {
        int32_t number;
        cr_assert_eq(number_insert(&host_process("p")->numbers, end, 0, &number), STATUS_OK);
    }
    object_release(end);
    cr_assert_eq(edges_of(scene.reader, scene.read_number, WAIT_PIPE_DATA).count, WAIT_WAKERS_MAX + 4);
}
