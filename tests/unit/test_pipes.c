// Tests of making pipes: wishes, modes, numbers, the event that tells the other side, credit.
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/pipes.h"

TestSuite(pipes, .init = host_start, .fini = host_finish);

// ---- both ends in one process ----

Test(pipes, a_pipe_to_oneself_has_two_numbers) {
    struct process *process = host_process("p");
    struct pipe_create wish = {.mode = PIPE_SEND};
    char buffer[8] = {0};
    struct result made = pipe_scene_create(process, &wish);
    cr_assert_eq(made.status, STATUS_OK);
    cr_assert_gt(wish.other, 0);
    cr_assert_eq(AS(process, pipe_write, made.value, USER("hello"), 5, DEADLINE_NOW).value, 5);
    cr_assert_eq(AS(process, pipe_read, (uint64_t)wish.other, USER(buffer), 8, DEADLINE_NOW).value, 5);
    cr_assert_str_eq(buffer, "hello");
    cr_assert_eq(host_event_get(process).status, STATUS_NOTHING, "the maker knows it already");
}

Test(pipes, the_mode_of_each_end_says_what_it_may_do) {
    static const struct {
        uint32_t mode;
        bool own_writes, own_reads, other_writes, other_reads;
    } rows[] = {
        {PIPE_SEND, true, false, false, true},
        {PIPE_RECEIVE, false, true, true, false},
        {PIPE_POOL, true, true, true, true},
    };
    struct process *process = host_process("p");
    for (size_t i = 0; i < 3; i++) {
        struct pipe_create wish = {.mode = rows[i].mode};
        char byte = 0;
        uint64_t own = pipe_scene_create(process, &wish).value, other = (uint64_t)wish.other;
        cr_assert_eq(AS(process, pipe_write, own, USER("x"), 1, DEADLINE_NOW).status == STATUS_OK, rows[i].own_writes);
        cr_assert_eq(AS(process, pipe_write, other, USER("x"), 1, DEADLINE_NOW).status == STATUS_OK,
                     rows[i].other_writes);
        cr_assert_eq(AS(process, pipe_read, own, USER(&byte), 1, DEADLINE_NOW).status == STATUS_OK, rows[i].own_reads);
        cr_assert_eq(AS(process, pipe_read, other, USER(&byte), 1, DEADLINE_NOW).status == STATUS_OK,
                     rows[i].other_reads);
    }
}

Test(pipes, wrong_wishes_are_refused) {
    static const struct {
        struct pipe_create wish;
        enum status status;
    } rows[] = {
        {{.mode = 0}, STATUS_INVALID_ARGUMENT},
        {{.mode = 4}, STATUS_INVALID_ARGUMENT},
        {{.mode = PIPE_SEND, .flags = 2}, STATUS_INVALID_ARGUMENT},
        {{.mode = PIPE_SEND, .reserved = 1}, STATUS_INVALID_ARGUMENT},
        {{.mode = PIPE_SEND, .capacity = PIPE_CAPACITY_MAX + 1}, STATUS_TOO_LARGE},
        {{.mode = PIPE_SEND, .capacity = UINT32_MAX}, STATUS_TOO_LARGE},
        {{.mode = PIPE_SEND, .process = 999}, STATUS_NOT_FOUND},
    };
    struct process *process = host_process("p");
    struct host_figures before = host_figures();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pipe_create wish = rows[i].wish;
        cr_assert_eq(pipe_scene_create(process, &wish).status, rows[i].status, "row %zu", i);
        host_figures_expect(&before, "after a wrong wish");
    }
    cr_assert_eq(AS(process, pipe_create, USER_NOWHERE).status, STATUS_BAD_ADDRESS);
}

Test(pipes, the_capacity_is_rounded_up_to_pages) {
    static const uint32_t rows[][2] = {{1, PAGE_SIZE},
                                       {PAGE_SIZE + 1, 2 * PAGE_SIZE},
                                       {0, PIPE_CAPACITY_DEFAULT},
                                       {PIPE_CAPACITY_MAX, PIPE_CAPACITY_MAX}};
    for (size_t i = 0; i < 4; i++) {
        struct pipe_scene scene = pipe_scene_make(rows[i][0], 0);
        pipe_scene_fill(&scene);
        struct result pending = AS(scene.writer, pipe_pending, (uint64_t)scene.write_number);
        cr_assert_eq(pending.value, rows[i][1]);
    }
}

Test(pipes, an_answer_that_cannot_be_written_back_makes_no_pipe) {
    struct process *process = host_process("p");
    struct pipe_create wish = {.mode = PIPE_SEND};
    AS(process, pipe_create, USER(&wish)); // the number table has its page
    struct host_figures before = host_figures();
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *maker = FIBER_CALL(process, pipe_create, USER(&wish));
    fiber_run(maker); // has read the wish, and is about to write the number of the other end
    user_memory_forbid(&wish, sizeof(wish));
    fiber_set_pauses(0);
    fiber_run(maker);
    cr_assert_eq(maker->result.status, STATUS_BAD_ADDRESS);
    host_figures_expect(&before, "after a bad address");
}

// ---- calls with wrong numbers ----

Test(pipes, wrong_numbers_are_told_apart) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    int32_t machine = host_machine_number(scene.writer, 0);
    char byte;
    cr_assert_eq(AS(scene.writer, pipe_write, 99, USER("x"), 1, DEADLINE_NOW).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.writer, pipe_read, 99, USER(&byte), 1, DEADLINE_NOW).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.writer, pipe_pending, 99).status, STATUS_BAD_NUMBER);
    cr_assert_eq(AS(scene.writer, pipe_write, (uint64_t)machine, USER("x"), 1, DEADLINE_NOW).status, STATUS_WRONG_TYPE);
    cr_assert_eq(AS(scene.writer, pipe_read, (uint64_t)scene.write_number, USER(&byte), 1, DEADLINE_NOW).status,
                 STATUS_NO_RIGHT);
    cr_assert_eq(AS(scene.reader, pipe_write, (uint64_t)scene.read_number, USER("x"), 1, DEADLINE_NOW).status,
                 STATUS_NO_RIGHT);
}

// ---- to another process ----

Test(pipes, the_other_process_learns_of_it_by_event) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_RECEIVE};
    cr_assert_eq(pipe_scene_create(maker, &wish).status, STATUS_OK);
    cr_assert_eq(wish.other, 0, "the maker gets one number");
    struct host_event got = host_event_get(other);
    cr_assert_eq(got.event.Type, EVENT_PIPE);
    cr_assert_eq(got.event.Action, PIPE_CREATED);
    cr_assert_eq(got.event.Data2, maker->id);
    cr_assert_eq(got.event.Data3, PIPE_SEND, "as the other one sees it");
    cr_assert_eq(got.source.process, maker->id);
    cr_assert_eq(got.source.user, HOST_USER);
    cr_assert_eq(AS(other, pipe_write, got.event.Data1, USER("x"), 1, DEADLINE_NOW).status, STATUS_OK);
}

Test(pipes, data_can_be_written_before_the_other_side_looks) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    char buffer[4] = {0};
    uint64_t number = pipe_scene_create(maker, &wish).value;
    cr_assert_eq(AS(maker, pipe_write, number, USER("abc"), 3, DEADLINE_NOW).value, 3);
    AS(other, pipe_read, host_event_get(other).event.Data1, USER(buffer), 4, DEADLINE_NOW);
    cr_assert_str_eq(buffer, "abc");
}

Test(pipes, a_closed_gate_denies_it) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    AS(other, gate_set, GATE_PIPE, 0);
    struct host_figures before = host_figures();
    cr_assert_eq(pipe_scene_create(maker, &wish).status, STATUS_DENIED);
    host_figures_expect(&before, "after a denial");
    cr_assert_eq(host_event_get(other).status, STATUS_NOTHING);
}

// R-B7: it enters the other's table only when that reads the event; the maker pays for all of it.
Test(pipes, R_B7_a_stranger_fills_nobodys_table) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    struct host_figures before = host_figures();
    cr_assert_eq(pipe_scene_create(maker, &wish).status, STATUS_OK);
    struct host_figures after = host_figures();
    cr_assert_arr_eq(after.used[1], before.used[1], sizeof(before.used[1]), "the other pays nothing");
    cr_assert_eq(after.used[0][ACCOUNT_PIPES_UNREAD], 1);
    cr_assert_eq(after.used[0][ACCOUNT_OBJECTS], before.used[0][ACCOUNT_OBJECTS] + 2, "both ends");
    host_event_get(other);
    cr_assert_eq(maker->account->lines[ACCOUNT_PIPES_UNREAD].used, 0);
    cr_assert_eq(other->numbers.used, 1);
}

Test(pipes, R_B7_unread_pipes_use_up_the_makers_credit) {
    struct process *maker = host_process("maker"), *other = host_process("other"), *third = host_process("third");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    account_set_limit(maker->account, ACCOUNT_PIPES_UNREAD, 3);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(pipe_scene_create(maker, &wish).status, STATUS_OK);
    cr_assert_eq(pipe_scene_create(maker, &wish).status, STATUS_LIMIT_REACHED);
    cr_assert_eq(pipe_scene_create(third, &wish).status, STATUS_OK, "others are not held up");
    host_event_get(other);
    cr_assert_eq(pipe_scene_create(maker, &wish).status, STATUS_OK, "one was taken");
}

Test(pipes, R_B7_the_credit_comes_back_when_the_other_ends_without_looking) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    uint64_t number = pipe_scene_create(maker, &wish).value;
    host_process_end(other);
    cr_assert_eq(maker->account->lines[ACCOUNT_PIPES_UNREAD].used, 0);
    cr_assert_eq(pipe_scene_event(maker).Action, PIPE_CLOSED);
    cr_assert_eq(AS(maker, pipe_write, number, USER("x"), 1, DEADLINE_NOW).status, STATUS_PEER_DIED);
}

Test(pipes, an_end_that_finds_no_place_in_the_table_stays_in_the_event) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    pipe_scene_create(maker, &wish);
    account_set_limit(other->account, ACCOUNT_NUMBERS, 0);
    cr_assert_eq(host_event_get(other).status, STATUS_LIMIT_REACHED);
    account_set_limit(other->account, ACCOUNT_NUMBERS, 10);
    allocation_fail_at(1);
    cr_assert_eq(host_event_get(other).status, STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
    cr_assert_eq(maker->account->lines[ACCOUNT_PIPES_UNREAD].used, 1);
    struct host_event got = host_event_get(other);
    cr_assert_eq(got.status, STATUS_OK);
    cr_assert_gt(got.event.Data1, 0);
}

Test(pipes, a_maker_that_is_gone_leaves_its_pipe_behind) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    char buffer[4];
    uint64_t number = pipe_scene_create(maker, &wish).value;
    AS(maker, pipe_write, number, USER("abc"), 3, DEADLINE_NOW);
    uint32_t id = maker->id;
    host_process_end(maker);
    struct host_event created = host_event_get(other), closed = host_event_get(other);
    cr_assert_eq(created.event.Action, PIPE_CREATED);
    cr_assert_eq(closed.event.Action, PIPE_CLOSED);
    cr_assert_eq(closed.event.Data1, created.event.Data1, "by the number that it got since");
    cr_assert_eq(closed.event.Data2, id);
    cr_assert_eq(AS(other, pipe_read, created.event.Data1, USER(buffer), 4, DEADLINE_NOW).value, 3);
}

// ---- a maker that closes before its pipe is taken ----

static uint32_t untaken_after(uint32_t mode, uint32_t flags, const char *data) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    host_machine_number(maker, 0); // the number table has its page
    struct host_figures before = host_figures();
    struct pipe_create wish = {.process = other->id, .mode = mode, .flags = flags};
    uint64_t number = pipe_scene_create(maker, &wish).value;
    if (data != 0)
        cr_assert_eq(AS(maker, pipe_write, number, USER(data), strlen(data), DEADLINE_NOW).status, STATUS_OK);
    number_close(&maker->numbers, (int32_t)number);
    uint32_t told = 0;
    while (host_event_get(other).status == STATUS_OK)
        told++;
    if (told == 0)
        host_figures_expect(&before, "after a pipe that nobody was told of");
    cr_assert_eq(maker->account->lines[ACCOUNT_PIPES_UNREAD].used, 0);
    return told;
}

Test(pipes, R_B7_an_end_that_is_not_taken_goes_with_its_maker_unless_it_keeps_data) {
    for (uint32_t mode = PIPE_SEND; mode <= PIPE_POOL; mode++) {
        cr_assert_eq(untaken_after(mode, 0, 0), 0);
        cr_assert_eq(untaken_after(mode, PIPE_STRICT, 0), 0);
    }
    cr_assert_eq(untaken_after(PIPE_SEND, 0, "data"), 2, "made, and closed");
    cr_assert_eq(untaken_after(PIPE_POOL, 0, "data"), 2);
    cr_assert_eq(untaken_after(PIPE_SEND, PIPE_STRICT, "data"), 0, "a strict pipe's data is lost with it");
}

Test(pipes, R_B7_a_flood_of_pipes_ends_with_who_made_it) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    struct host_figures before = host_figures();
    while (pipe_scene_create(maker, &wish).status == STATUS_OK)
        continue;
    cr_assert_gt(maker->account->lines[ACCOUNT_PIPES_UNREAD].used, 1);
    number_table_close_all(&maker->numbers);
    cr_assert_eq(maker->account->lines[ACCOUNT_PIPES_UNREAD].used, 0);
    cr_assert_eq(host_event_get(other).status, STATUS_NOTHING);
    cr_assert_eq(host_figures().objects, before.objects);
}

Test(pipes, an_end_that_was_taken_stays_when_its_maker_closes) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char byte;
    cr_assert_eq(number_close(&scene.writer->numbers, scene.write_number), STATUS_OK);
    cr_assert_eq(pipe_scene_event(scene.reader).Action, PIPE_CLOSED);
    cr_assert_eq(pipe_scene_read(&scene, &byte, 1).status, STATUS_STREAM_END);
}

Test(pipes, an_end_stays_while_its_maker_has_a_copy_of_the_number) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_SEND};
    int32_t number = (int32_t)pipe_scene_create(maker, &wish).value, copy;
    struct object *end;
    cr_assert_eq(number_find(&maker->numbers, number, OBJECT_PIPE_END, 0, &end), STATUS_OK);
    cr_assert_eq(number_insert(&maker->numbers, end, RIGHT_WRITE, &copy), STATUS_OK);
    object_release(end);
    number_close(&maker->numbers, number);
    cr_assert_eq(host_event_get(other).event.Action, PIPE_CREATED);
    cr_assert_eq(host_event_get(other).status, STATUS_NOTHING);
}

// ---- memory and limits ----

struct making {
    struct process *process;
    struct pipe_create wish;
    struct result result;
};

static enum status make(void *context) {
    struct making *making = context;
    making->result = pipe_scene_create(making->process, &making->wish);
    return (enum status)making->result.status;
}

static void unmake(void *context) {
    struct making *making = context;
    number_close(&making->process->numbers, (int32_t)making->result.value);
    if (making->wish.other != 0)
        number_close(&making->process->numbers, making->wish.other);
    making->wish.other = 0;
}

Test(pipes, every_failed_allocation_makes_no_pipe) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct making making = {.process = maker, .wish = {.mode = PIPE_POOL}};
    struct host_operation operation = {make, unmake, &making};
    make(&making);
    unmake(&making); // the number table has its page
    cr_assert_eq(host_fail_each_allocation(&operation), 3, "pipe and two ends");
    struct host_figures before = host_figures();
    making.wish.process = other->id;
    cr_assert_eq(host_fail_each_allocation(&operation), 3);
    cr_assert_eq(pipe_scene_event(other).Type, NOTHING);
    cr_assert_eq(host_figures().objects, before.objects);
}

Test(pipes, every_limit_is_told_and_changes_nothing) {
    static const enum account_item items[] = {ACCOUNT_NUMBERS, ACCOUNT_OBJECTS};
    struct making making = {.process = host_process("p"), .wish = {.mode = PIPE_POOL}};
    make(&making);
    unmake(&making); // the number table has its page
    for (size_t i = 0; i < 2; i++) {
        struct account_line *line = &making.process->account->lines[items[i]];
        uint64_t limit = line->limit;
        for (uint64_t more = 0; more < 2; more++) {
            account_set_limit(making.process->account, items[i], line->used + more);
            struct host_figures before = host_figures();
            cr_assert_eq(make(&making), STATUS_LIMIT_REACHED);
            host_figures_expect(&before, "at a limit");
        }
        account_set_limit(making.process->account, items[i], limit);
    }
}
