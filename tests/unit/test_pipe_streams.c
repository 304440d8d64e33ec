// Streams through pipes with several readers and writers in random orders of steps: every byte arrives once, nobody sleeps on.
#include <criterion/criterion.h>
#include <string.h>

#include "kernel/thread/scheduler.h"
#include "tests/unit/pipes.h"

TestSuite(pipe_streams, .init = host_start, .fini = host_finish, .timeout = 100);

enum { THREADS_MAX = 8, TOKENS_EACH = 4000, BATCH_MAX = 700, STEPS_MAX = 2000000 };

struct stream {
    struct pipe_scene scene;
    uint32_t seed;
    uint32_t writers, writers_done, readers, readers_done;
    uint64_t sent, received, sum_sent, sum_received;
    struct fiber *fibers[THREADS_MAX];
    uint32_t fiber_count;
};

// What a thread of the stream is: where it stands, and which tokens it sends.
struct member {
    struct stream *stream;
    uint64_t number; // of its end
    uint64_t first_token;
};

static uint32_t draw(struct stream *stream, uint32_t below) {
    stream->seed = stream->seed * 1664525 + 1013904223;
    return (stream->seed >> 8) % below;
}

static uint64_t deadline_draw(struct stream *stream) {
    static const uint64_t spans[] = {300, 100000};
    uint32_t kind = draw(stream, 4);
    return kind < 2 ? clock_now() + spans[kind] : kind == 2 ? DEADLINE_NOW : DEADLINE_NEVER;
}

// Each token is eight bytes of its own; a batch may be larger than what goes in at once.
static void writer_main(void *argument) {
    struct member member = *(struct member *)argument;
    struct stream *stream = member.stream;
    uint64_t tokens[BATCH_MAX], next = 0;
    while (next < TOKENS_EACH) {
        uint64_t count = 1 + draw(stream, BATCH_MAX);
        if (count > TOKENS_EACH - next)
            count = TOKENS_EACH - next;
        for (uint64_t i = 0; i < count; i++)
            tokens[i] = member.first_token + next + i;
        uint64_t arguments[6] = {member.number, USER(tokens), 8 * count, deadline_draw(stream)};
        struct result result = fiber_invoke((call_function *)call_pipe_write, arguments);
        if (result.status == STATUS_INTERRUPTED)
            return;
        if (result.status == STATUS_WOULD_WAIT)
            scheduler_preemption_point(); // it polls: others must come to run
        for (uint64_t i = 0; i < result.value / 8; i++)
            stream->sum_sent += tokens[i] * tokens[i];
        next += result.value / 8;
        stream->sent += result.value / 8;
    }
    stream->writers_done++;
}

static void reader_main(void *argument) {
    struct member member = *(struct member *)argument;
    struct stream *stream = member.stream;
    uint64_t tokens[BATCH_MAX];
    for (;;) {
        uint64_t size = 8 * (1 + draw(stream, BATCH_MAX));
        uint64_t arguments[6] = {member.number, USER(tokens), size, deadline_draw(stream)};
        struct result result = fiber_invoke((call_function *)call_pipe_read, arguments);
        if (result.status == STATUS_INTERRUPTED)
            return;
        if (result.status == STATUS_STREAM_END)
            break;
        if (result.status == STATUS_WOULD_WAIT)
            scheduler_preemption_point();
        for (uint64_t i = 0; i < result.value / 8; i++)
            stream->sum_received += tokens[i] * tokens[i];
        stream->received += result.value / 8;
    }
    stream->readers_done++;
}

static void member_add(struct stream *stream, struct process *process, void (*function)(void *), int32_t number) {
    struct member member = {stream, (uint64_t)number, (uint64_t)stream->fiber_count << 32};
    cr_assert_lt(stream->fiber_count, THREADS_MAX);
    stream->fibers[stream->fiber_count++] = fiber_start(process, function, &member);
}

static void some_step(struct stream *stream) {
    struct fiber *fiber = stream->fibers[draw(stream, stream->fiber_count)];
    if (draw(stream, 10) == 0)
        machine_clock_advance(200);
    else if (fiber_is_ready(fiber))
        fiber_run(fiber);
}

// Lets all run until everything that is to be sent was received.
static void stream_run(struct stream *stream) {
    uint64_t tokens = (uint64_t)stream->writers * TOKENS_EACH;
    for (uint32_t step = 0; stream->received < tokens; step++) {
        cr_assert_lt(step, STEPS_MAX, "%lu of %lu tokens came", stream->received, tokens);
        some_step(stream);
    }
    cr_assert_eq(stream->sent, tokens);
    cr_assert_eq(stream->sum_received, stream->sum_sent);
}

static void stream_test(uint32_t capacity, uint32_t seed, uint32_t writers, uint32_t readers) {
    struct stream stream = {.seed = seed, .writers = writers, .readers = readers};
    stream.scene = pipe_scene_make(capacity, 0);
    fiber_set_pauses(PAUSE_PREEMPTION | PAUSE_COPY);
    for (uint32_t i = 0; i < writers; i++)
        member_add(&stream, stream.scene.writer, writer_main, stream.scene.write_number);
    for (uint32_t i = 0; i < readers; i++)
        member_add(&stream, stream.scene.reader, reader_main, stream.scene.read_number);
    stream_run(&stream);
    while (stream.writers_done < writers)
        some_step(&stream);
    number_close(&stream.scene.writer->numbers, stream.scene.write_number);
    for (uint32_t step = 0; stream.readers_done < readers; step++) {
        cr_assert_lt(step, STEPS_MAX, "a reader sleeps on after the end");
        some_step(&stream);
    }
    fiber_set_pauses(0);
    host_process_end(stream.scene.writer);
    host_process_end(stream.scene.reader);
}

Test(pipe_streams, R_B1_one_writer_and_one_reader) {
    for (uint32_t seed = 1; seed <= 5; seed++)
        stream_test(PAGE_SIZE, seed, 1, 1);
}

Test(pipe_streams, R_B1_many_writers_and_one_reader) {
    for (uint32_t seed = 11; seed <= 14; seed++)
        stream_test(seed % 2 == 0 ? PAGE_SIZE : 3 * PAGE_SIZE, seed, 4, 1);
}

Test(pipe_streams, R_B1_one_writer_and_many_readers) {
    for (uint32_t seed = 21; seed <= 24; seed++)
        stream_test(seed % 2 == 0 ? PAGE_SIZE : 3 * PAGE_SIZE, seed, 1, 4);
}

Test(pipe_streams, R_B1_many_writers_and_many_readers) {
    for (uint32_t seed = 31; seed <= 34; seed++)
        stream_test(seed % 2 == 0 ? PAGE_SIZE : 3 * PAGE_SIZE, seed, 3, 3);
}

Test(pipe_streams, R_B1_both_sides_of_a_pool_read_and_write) {
    for (uint32_t seed = 41; seed <= 44; seed++) {
        struct process *one = host_process("one"), *other = host_process("other");
        struct pipe_create wish = {.process = other->id, .mode = PIPE_POOL, .capacity = PAGE_SIZE};
        struct stream stream = {.seed = seed, .writers = 4, .readers = 4};
        int32_t number = (int32_t)pipe_scene_create(one, &wish).value;
        int32_t others = (int32_t)pipe_scene_event(other).Data1;
        fiber_set_pauses(PAUSE_PREEMPTION | PAUSE_COPY);
        for (uint32_t i = 0; i < 4; i++) {
            member_add(&stream, i % 2 == 0 ? one : other, writer_main, i % 2 == 0 ? number : others);
            member_add(&stream, i < 2 ? one : other, reader_main, i < 2 ? number : others);
        }
        stream_run(&stream);
        fiber_set_pauses(0);
        host_process_end(one);
        host_process_end(other);
    }
}
