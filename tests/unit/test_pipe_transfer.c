// Tests of bytes going through pipes: waiting, deadlines, atomic writes, faults, limits, memory.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pipes.h"

TestSuite(pipe_transfer, .init = host_start, .fini = host_finish);

enum { SECOND = 1000000000 };

static char page[2 * PAGE_SIZE];

static struct fiber *write_waiting(const struct pipe_scene *scene, const void *data, size_t size, uint64_t deadline) {
    return FIBER_CALL(scene->writer, pipe_write, (uint64_t)scene->write_number, USER(data), size, deadline);
}

static struct fiber *read_waiting(const struct pipe_scene *scene, void *buffer, size_t size, uint64_t deadline) {
    return FIBER_CALL(scene->reader, pipe_read, (uint64_t)scene->read_number, USER(buffer), size, deadline);
}

static uint64_t pending(const struct pipe_scene *scene) {
    return AS(scene->reader, pipe_pending, (uint64_t)scene->read_number).value;
}

// ---- nothing to wait for ----

Test(pipe_transfer, nothing_of_nothing_is_done_at_once) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    cr_assert_eq(pipe_scene_write(&scene, page, 0).status, STATUS_OK);
    cr_assert_eq(pipe_scene_read(&scene, page, 0).status, STATUS_OK);
}

Test(pipe_transfer, reading_takes_what_there_is) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char buffer[16] = {0};
    pipe_scene_write(&scene, "abc", 3);
    pipe_scene_write(&scene, "def", 3);
    cr_assert_eq(pending(&scene), 6);
    cr_assert_eq(pipe_scene_read(&scene, buffer, 16).value, 6);
    cr_assert_str_eq(buffer, "abcdef");
    cr_assert_eq(pending(&scene), 0);
}

Test(pipe_transfer, bytes_come_out_as_they_went_in_whatever_the_sizes, .timeout = 100) {
    struct pipe_scene scene = pipe_scene_make(3 * PAGE_SIZE, 0);
    static uint8_t bytes[5 * PAGE_SIZE];
    uint32_t seed = 1, in = 0, out = 0;
    for (int step = 0; step < 20000; step++) {
        seed = seed * 1664525 + 1013904223;
        size_t size = (seed >> 8) % (step % 7 == 0 ? sizeof(bytes) : 700);
        if (seed >> 31) {
            for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)((in + i) * 7);
            in += pipe_scene_write(&scene, bytes, size).value;
        } else {
            size_t got = pipe_scene_read(&scene, bytes, size).value;
            for (size_t i = 0; i < got; i++)
                cr_assert_eq(bytes[i], (uint8_t)((out + i) * 7), "byte %zu", out + i);
            out += got;
        }
        cr_assert_eq(pending(&scene), in - out);
    }
    cr_assert_gt(out, 100 * PAGE_SIZE);
}

Test(pipe_transfer, both_sides_of_a_pool_add_and_take) {
    struct process *process = host_process("p");
    struct pipe_create wish = {.mode = PIPE_POOL};
    uint64_t one = pipe_scene_create(process, &wish).value, other = (uint64_t)wish.other;
    char buffer[8] = {0};
    AS(process, pipe_write, one, USER("ab"), 2, DEADLINE_NOW);
    AS(process, pipe_write, other, USER("cd"), 2, DEADLINE_NOW);
    AS(process, pipe_read, one, USER(buffer), 3, DEADLINE_NOW);
    AS(process, pipe_read, other, USER(buffer + 3), 3, DEADLINE_NOW);
    cr_assert_str_eq(buffer, "abcd");
}

// ---- waiting for data ----

Test(pipe_transfer, reading_an_empty_pipe_waits_for_data) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char buffer[8] = {0};
    cr_assert_eq(pipe_scene_read(&scene, buffer, 8).status, STATUS_WOULD_WAIT);
    struct fiber *reader = read_waiting(&scene, buffer, 8, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(reader), WAIT_PIPE_DATA);
    pipe_scene_write(&scene, "abc", 3);
    fiber_run(reader);
    cr_assert_eq(reader->result.value, 3);
    cr_assert_str_eq(buffer, "abc");
}

Test(pipe_transfer, a_readers_deadline_passes) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char byte;
    struct fiber *reader = read_waiting(&scene, &byte, 1, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    fiber_run(reader);
    cr_assert_eq(reader->result.status, STATUS_TIMED_OUT);
}

Test(pipe_transfer, data_that_comes_with_the_deadline_is_read) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char byte;
    struct fiber *reader = read_waiting(&scene, &byte, 1, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    pipe_scene_write(&scene, "x", 1);
    fiber_run(reader);
    cr_assert_eq(reader->result.status, STATUS_OK);
}

// R-B8: the death of either side ends the other's wait.
Test(pipe_transfer, R_B8_the_writers_death_ends_the_stream_of_a_waiting_reader) {
    struct pipe_scene scene = pipe_scene_make(0, 0), strict = pipe_scene_make(0, PIPE_STRICT);
    char byte;
    struct fiber *reader = read_waiting(&scene, &byte, 1, DEADLINE_NEVER);
    struct fiber *strict_reader = read_waiting(&strict, &byte, 1, DEADLINE_NEVER);
    host_process_end(scene.writer);
    host_process_end(strict.writer);
    cr_assert_eq(reader->result.status, STATUS_STREAM_END);
    cr_assert_eq(strict_reader->result.status, STATUS_PEER_DIED);
}

Test(pipe_transfer, R_B8_the_readers_death_ends_a_writers_wait) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    pipe_scene_fill(&scene);
    struct fiber *writer = write_waiting(&scene, page, 10, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(writer), WAIT_PIPE_ROOM);
    host_process_end(scene.reader);
    cr_assert_eq(writer->result.status, STATUS_PEER_DIED);
}

Test(pipe_transfer, killed_while_waiting_they_leave_the_other_side_a_working_pipe) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    char byte;
    struct fiber *reader = read_waiting(&scene, &byte, 1, DEADLINE_NEVER);
    fiber_interrupt(reader);
    fiber_run(reader);
    cr_assert_eq(reader->result.status, STATUS_INTERRUPTED);
    pipe_scene_fill(&scene);
    struct fiber *writer = write_waiting(&scene, page, 10, DEADLINE_NEVER);
    fiber_interrupt(writer);
    fiber_run(writer);
    cr_assert_eq(writer->result.status, STATUS_INTERRUPTED);
    cr_assert_eq(pipe_scene_read(&scene, page, PAGE_SIZE).value, PAGE_SIZE);
    cr_assert_eq(pipe_scene_write(&scene, "x", 1).value, 1);
}

Test(pipe_transfer, an_end_that_another_thread_closes_is_gone_for_who_waits_at_it) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    char byte;
    struct fiber *reader = read_waiting(&scene, &byte, 1, DEADLINE_NEVER);
    number_close(&scene.reader->numbers, scene.read_number);
    fiber_run(reader);
    cr_assert_eq(reader->result.status, STATUS_BAD_NUMBER);
}

// ---- waiting for room ----

Test(pipe_transfer, a_small_write_is_never_split) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    pipe_scene_write(&scene, page, 100);
    cr_assert_eq(pipe_scene_write(&scene, page, PIPE_ATOMIC).status, STATUS_WOULD_WAIT);
    cr_assert_eq(pending(&scene), 100);
    struct fiber *writer = write_waiting(&scene, page, PIPE_ATOMIC, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    fiber_run(writer);
    cr_assert_eq(writer->result.status, STATUS_TIMED_OUT);
    cr_assert_eq(pending(&scene), 100);
}

Test(pipe_transfer, a_large_write_goes_in_as_room_comes) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    char *data = malloc(3 * PAGE_SIZE), buffer[PAGE_SIZE];
    for (size_t i = 0; i < 3 * PAGE_SIZE; i++)
        data[i] = (char)(i / 16);
    struct fiber *writer = write_waiting(&scene, data, 3 * PAGE_SIZE, DEADLINE_NEVER);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(pipe_scene_read(&scene, buffer, PAGE_SIZE).value, PAGE_SIZE);
        cr_assert_arr_eq(buffer, data + i * PAGE_SIZE, PAGE_SIZE);
        fiber_run_all();
    }
    cr_assert_eq(writer->result.value, 3 * PAGE_SIZE);
    free(data);
}

Test(pipe_transfer, a_large_write_says_at_its_end_how_much_went_in) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    cr_assert_eq(pipe_scene_write(&scene, page, 2 * PAGE_SIZE).value, PAGE_SIZE, "the deadline is now");
    pipe_scene_read(&scene, page, PAGE_SIZE);
    struct fiber *late = write_waiting(&scene, page, 2 * PAGE_SIZE, clock_now() + SECOND);
    machine_clock_advance(SECOND);
    fiber_run(late);
    cr_assert_eq(late->result.status, STATUS_OK);
    cr_assert_eq(late->result.value, PAGE_SIZE);
    pipe_scene_read(&scene, page, PAGE_SIZE);
    struct fiber *left = write_waiting(&scene, page, 2 * PAGE_SIZE, DEADLINE_NEVER);
    number_close(&scene.reader->numbers, scene.read_number);
    fiber_run(left);
    cr_assert_eq(left->result.value, PAGE_SIZE, "the other side closed meanwhile");
}

Test(pipe_transfer, room_wakes_all_writers_and_each_looks_for_itself) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    pipe_scene_fill(&scene);
    struct fiber *one = write_waiting(&scene, page, PAGE_SIZE, DEADLINE_NEVER);
    struct fiber *other = write_waiting(&scene, page, PAGE_SIZE, DEADLINE_NEVER);
    pipe_scene_read(&scene, page, PAGE_SIZE);
    fiber_run_all();
    cr_assert_eq(one->result.value, PAGE_SIZE);
    cr_assert(fiber_is_waiting(other));
    pipe_scene_read(&scene, page, PAGE_SIZE);
    fiber_run_all();
    cr_assert_eq(other->result.value, PAGE_SIZE);
}

Test(pipe_transfer, a_writer_is_woken_as_soon_as_its_bytes_fit_and_not_before) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    pipe_scene_fill(&scene);
    struct fiber *small = write_waiting(&scene, page, 10, DEADLINE_NEVER);
    struct fiber *large = write_waiting(&scene, page, 2000, DEADLINE_NEVER);
    pipe_scene_read(&scene, page, 100);
    cr_assert(fiber_is_ready(small));
    cr_assert(fiber_is_waiting(large));
    fiber_run(small);
    cr_assert_eq(small->result.value, 10);
    pipe_scene_read(&scene, page, 1910);
    fiber_run(large);
    cr_assert_eq(large->result.value, 2000);
}

Test(pipe_transfer, the_rest_of_a_large_write_goes_in_as_soon_as_it_fits) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    struct fiber *writer = write_waiting(&scene, page, PAGE_SIZE + 500, DEADLINE_NEVER);
    pipe_scene_read(&scene, page, 400);
    cr_assert(fiber_is_waiting(writer), "many small pieces would cost more than they bring");
    pipe_scene_read(&scene, page, 100);
    fiber_run(writer);
    cr_assert_eq(writer->result.value, PAGE_SIZE + 500);
}

// ---- turns ----

Test(pipe_transfer, readers_take_turns_and_one_passes_the_rest_on) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char one_byte, other_byte;
    pipe_scene_write(&scene, "ab", 2);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *one = read_waiting(&scene, &one_byte, 1, DEADLINE_NEVER);
    struct fiber *other = read_waiting(&scene, &other_byte, 1, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(other), WAIT_PIPE_TURN);
    cr_assert_eq(pipe_scene_read(&scene, page, 1).status, STATUS_WOULD_WAIT);
    fiber_set_pauses(0);
    fiber_run_all();
    cr_assert_eq(one->result.value, 1);
    cr_assert_eq(other->result.value, 1);
    cr_assert_eq(one_byte, 'a');
    cr_assert_eq(other_byte, 'b');
}

Test(pipe_transfer, who_waits_for_a_turn_gets_it_though_little_room_is_left) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *one = write_waiting(&scene, page, PAGE_SIZE - 20, DEADLINE_NEVER);
    struct fiber *other = write_waiting(&scene, page, 20, DEADLINE_NEVER);
    cr_assert(fiber_is_waiting(other));
    fiber_set_pauses(0);
    fiber_run(one);
    fiber_run(other);
    cr_assert_eq(other->result.value, 20);
}

Test(pipe_transfer, writers_take_turns_and_do_not_mix) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char buffer[9] = {0};
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *one = write_waiting(&scene, "aaaa", 4, DEADLINE_NEVER);
    struct fiber *other = write_waiting(&scene, "bbbb", 4, DEADLINE_NEVER);
    cr_assert_eq(fiber_wait_reason(other), WAIT_PIPE_TURN);
    fiber_set_pauses(0);
    fiber_run_all();
    cr_assert_eq(one->result.value, 4);
    pipe_scene_read(&scene, buffer, 8);
    cr_assert_str_eq(buffer, "aaaabbbb");
}

Test(pipe_transfer, the_ring_is_read_and_written_at_the_same_time) {
    struct pipe_scene scene = pipe_scene_make(2 * PAGE_SIZE, 0);
    char buffer[8] = {0};
    pipe_scene_write(&scene, "abcd", 4);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *writer = write_waiting(&scene, "efgh", 4, DEADLINE_NEVER);
    struct fiber *reader = read_waiting(&scene, buffer, 4, DEADLINE_NEVER);
    cr_assert(fiber_is_ready(writer) && fiber_is_ready(reader), "both copy");
    fiber_run(reader); // the ring runs empty while the writer copies
    fiber_set_pauses(0);
    fiber_run(writer);
    cr_assert_eq(pending(&scene), 4);
    pipe_scene_read(&scene, buffer + 4, 4);
    cr_assert_arr_eq(buffer, "abcdefgh", 8);
}

// R-B8: killed in the midst of a transfer, nothing is lost that was not its own.
Test(pipe_transfer, R_B8_killing_a_reader_in_its_copy_leaves_the_turn_free) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    struct process *third = host_process("third");
    struct object *end;
    int32_t number;
    cr_assert_eq(number_find(&scene.reader->numbers, scene.read_number, OBJECT_PIPE_END, 0, &end), STATUS_OK);
    cr_assert_eq(number_insert(&third->numbers, end, RIGHT_READ, &number), STATUS_OK);
    object_release(end);
    pipe_scene_write(&scene, "ab", 2);
    char buffer[2];
    fiber_set_pauses(PAUSE_COPY);
    read_waiting(&scene, buffer, 1, DEADLINE_NEVER);
    host_process_end(scene.reader);
    struct result result = AS(third, pipe_read, (uint64_t)number, USER(buffer), 2, DEADLINE_NOW);
    cr_assert_eq(result.value, 1);
    cr_assert_eq(buffer[0], 'b');
}

Test(pipe_transfer, a_peer_that_closes_during_the_copy_is_noticed_afterwards) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    fiber_set_pauses(PAUSE_COPY);
    struct fiber *writer = write_waiting(&scene, "abc", 3, DEADLINE_NEVER);
    number_close(&scene.reader->numbers, scene.read_number);
    fiber_set_pauses(0);
    fiber_run(writer);
    cr_assert_eq(writer->result.value, 3, "what was written was written");
    cr_assert_eq(pipe_scene_write(&scene, "x", 1).status, STATUS_PEER_DIED);
}

// ---- addresses ----

Test(pipe_transfer, a_bad_address_transfers_nothing) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    static char buffer[PAGE_SIZE];
    pipe_scene_write(&scene, "abc", 3);
    cr_assert_eq(pipe_scene_write(&scene, (void *)USER_NOWHERE, 4).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(pipe_scene_write(&scene, (void *)(UINT64_MAX - 1), 4).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(pipe_scene_read(&scene, (void *)USER_NOWHERE, 4).status, STATUS_BAD_ADDRESS);
    cr_assert_eq(pipe_scene_read(&scene, (void *)(UINT64_MAX - 1), 4).status, STATUS_BAD_ADDRESS);
    user_memory_forbid(buffer + 100, 1);
    cr_assert_eq(pipe_scene_write(&scene, buffer, 200).status, STATUS_BAD_ADDRESS, "a part could be copied");
    cr_assert_eq(pending(&scene), 3);
    user_memory_forbid(buffer + 1, 1);
    cr_assert_eq(pipe_scene_read(&scene, buffer, 3).status, STATUS_BAD_ADDRESS);
    user_memory_forbid(0, 0);
    cr_assert_eq(pipe_scene_read(&scene, buffer, 4).value, 3, "nothing was lost");
    cr_assert_arr_eq(buffer, "abc", 3);
}

Test(pipe_transfer, a_large_write_that_hits_a_bad_address_says_how_much_went_in) {
    struct pipe_scene scene = pipe_scene_make(PAGE_SIZE, 0);
    static char data[2 * PAGE_SIZE];
    user_memory_forbid(data + PAGE_SIZE + 10, 1);
    struct fiber *writer = write_waiting(&scene, data, sizeof(data), DEADLINE_NEVER);
    pipe_scene_read(&scene, page, PAGE_SIZE);
    fiber_run(writer);
    cr_assert_eq(writer->result.status, STATUS_OK);
    cr_assert_eq(writer->result.value, PAGE_SIZE);
    cr_assert_eq(pending(&scene), 0);
}

// ---- memory and limits ----

Test(pipe_transfer, a_failed_allocation_writes_nothing) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    allocation_fail_at(1);
    cr_assert_eq(pipe_scene_write(&scene, page, 10).status, STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
    cr_assert_eq(pending(&scene), 0);
    allocation_fail_at(2);
    cr_assert_eq(pipe_scene_write(&scene, page, PAGE_SIZE + 1).status, STATUS_NO_MEMORY);
    cr_assert(allocation_has_failed());
    cr_assert_eq(pending(&scene), 0);
    cr_assert_eq(pipe_scene_write(&scene, page, PAGE_SIZE + 1).value, PAGE_SIZE + 1);
}

// R-B3: the maker pays for the ring.
Test(pipe_transfer, R_B3_the_ring_is_the_makers_and_its_limit_is_told_by_who_it_is) {
    struct process *maker = host_process("maker"), *other = host_process("other");
    struct pipe_create wish = {.process = other->id, .mode = PIPE_POOL};
    uint64_t number = pipe_scene_create(maker, &wish).value;
    uint64_t others = host_event_get(other).event.Data1;
    struct account_line *line = &maker->account->lines[ACCOUNT_MEMORY_PAGES];
    account_set_limit(maker->account, ACCOUNT_MEMORY_PAGES, line->used);
    cr_assert_eq(AS(maker, pipe_write, number, USER("x"), 1, DEADLINE_NOW).status, STATUS_LIMIT_REACHED);
    cr_assert_eq(AS(other, pipe_write, others, USER("x"), 1, DEADLINE_NOW).status, STATUS_PEER_FULL);
    account_set_limit(maker->account, ACCOUNT_MEMORY_PAGES, line->used + 1);
    cr_assert_eq(AS(other, pipe_write, others, USER("x"), 1, DEADLINE_NOW).status, STATUS_OK);
    cr_assert_eq(line->used, line->limit);
}

Test(pipe_transfer, an_idle_pipe_gives_its_pages_back) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    char *buffer = malloc(PIPE_CAPACITY_DEFAULT);
    size_t before = allocation_pages();
    pipe_scene_fill(&scene);
    cr_assert_eq(allocation_pages(), before + PIPE_CAPACITY_DEFAULT / PAGE_SIZE);
    pipe_scene_read(&scene, buffer, PIPE_CAPACITY_DEFAULT);
    for (int i = 0; i < 2; i++) { // a round without need for them, then they go
        struct fiber *reader = read_waiting(&scene, buffer, 8, DEADLINE_NEVER);
        pipe_scene_write(&scene, "x", 1);
        fiber_run(reader);
        cr_assert_eq(reader->result.value, 1);
    }
    struct fiber *reader = read_waiting(&scene, buffer, 8, DEADLINE_NEVER);
    cr_assert_eq(allocation_pages(), before + 1);
    pipe_scene_write(&scene, "y", 1);
    fiber_run(reader);
    cr_assert_eq(buffer[0], 'y');
    free(buffer);
}

Test(pipe_transfer, small_traffic_needs_one_page) {
    struct pipe_scene scene = pipe_scene_make(0, 0);
    size_t before = allocation_pages();
    char buffer[64];
    for (int i = 0; i < 10000; i++) {
        pipe_scene_write(&scene, page, 64);
        cr_assert_eq(pipe_scene_read(&scene, buffer, 64).value, 64);
    }
    cr_assert_eq(allocation_pages(), before + 1);
}
