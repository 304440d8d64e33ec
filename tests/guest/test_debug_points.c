// Debugging a process from another: breakpoints, steps, points, memory, registers and faults.
#include "tests/guest/debugged.h"

enum { LOOPS = 100, ANSWER = DEBUGGED_ANSWER, VECTOR_PAGE_FAULT = 14 };
enum { WORDS_PLACE = 0x10000000 }; // where the kernel places nothing by itself: the same in each process

static volatile uint32_t watched, beside;

ROLE(writes_beside_then_there) {
    ROLE_EXPECT(guest_hear(guest_parent()) == ANSWER);
    beside = 1;
    watched = ANSWER;
    beside = 2;
    return watched == ANSWER ? 0 : __LINE__;
}

ROLE(writes_two_words_in_turn) {
    uint64_t place;
    ROLE_EXPECT(memory_map(WORDS_PLACE, PAGE_SIZE, PROTECTION_WRITE, MAP_FIXED, &place) == STATUS_OK);
    volatile uint32_t *words = (volatile uint32_t *)place;
    for (uint32_t i = 1; i <= LOOPS; i++) {
        ROLE_EXPECT(guest_hear(guest_parent()) == i);
        words[1] = i;
        words[0] = i;
        guest_say(guest_parent(), i);
    }
    return 0;
}

static volatile uint32_t *volatile nowhere = (uint32_t *)0x1234;

ROLE(touches_nothing) {
    ROLE_EXPECT(guest_hear(guest_parent()) == ANSWER);
    return (int)*nowhere;
}

ROLE(adds_floating_point) {
    double sum;
    ROLE_EXPECT(guest_hear(guest_parent()) == ANSWER);
    __asm__ volatile("movsd %1, %%xmm7\n\tint3\n\tmovsd %%xmm7, %0" : "=m"(sum) : "m"((double){1.5}) : "xmm7");
    return (int)sum == 7 ? 0 : __LINE__;
}

// ---- breakpoints and steps ----

TEST(a_breakpoint_stops_its_process_alone_and_memory_shows_what_is_under_it) {
    child_start("counts_for_ever");
    uint8_t before = *(const uint8_t *)(uintptr_t)passes_here, shown = 0;
    size_t done;
    run_to_breakpoint();
    EXPECT_OK(debug_memory_read(debugger, debugged_place(passes_here), &shown, 1, &done));
    EXPECT_EQUAL(shown, before);
    passes_here(); // here is none
    EXPECT_EQUAL(*(const uint8_t *)(uintptr_t)passes_here, before);
    EXPECT_OK(debug_break_clear(debugger, DEBUG_BREAKPOINT, debugged_place(passes_here), 1));
    uint32_t count = word_there(&debugged_counter);
    resume(DEBUG_CONTINUE);
    uint64_t deadline = guest_soon();
    while (word_there(&debugged_counter) == count && clock_now() < deadline)
        thread_yield();
    EXPECT(word_there(&debugged_counter) != count);
    let_go();
    guest_kill(child);
}

TEST(each_pass_over_a_breakpoint_stops_once) {
    child_start("counts_for_ever");
    run_to_breakpoint();
    uint32_t first = word_there(&debugged_counter);
    for (uint32_t i = 1; i <= LOOPS; i++) {
        EXPECT_OK(debug_break_clear(debugger, DEBUG_BREAKPOINT, debugged_place(passes_here), 1));
        resume(DEBUG_STEP);
        EXPECT_EQUAL(await_stop().reason, STOP_STEP);
        EXPECT_OK(debug_break_set(debugger, DEBUG_BREAKPOINT, debugged_place(passes_here), 1));
        resume(DEBUG_CONTINUE);
        EXPECT_EQUAL(await_stop().reason, STOP_BREAKPOINT);
        EXPECT_EQUAL(word_there(&debugged_counter), first + i);
    }
    let_go(); // with the breakpoint in it
    guest_kill(child);
}

TEST(a_range_is_stepped_through_at_one_go) {
    child_start("counts_for_ever");
    run_to_breakpoint();
    EXPECT_OK(debug_break_clear(debugger, DEBUG_BREAKPOINT, debugged_place(passes_here), 1));
    uint32_t before = word_there(&debugged_counter);
    struct debug_resume how = {.thread = only_thread,
                               .action = DEBUG_STEP,
                               .start = debugged_place(passes_here),
                               .end = debugged_place(passes_here) + 7};
    EXPECT_OK(debug_resume(debugger, &how));
    struct process_stop stop = await_stop();
    EXPECT_EQUAL(stop.reason, STOP_STEP);
    EXPECT(stop.instruction < how.start || stop.instruction >= how.end);
    EXPECT(word_there(&debugged_counter) - before <= 1);
    let_go();
    guest_kill(child);
}

TEST(a_step_over_a_system_call_lands_behind_it) {
    child_halt_in_call();
    uint64_t behind = registers().instruction;
    resume(DEBUG_STEP);
    guest_say(child.process, ANSWER);
    struct process_stop stop = await_stop();
    EXPECT_EQUAL(stop.reason, STOP_STEP);
    EXPECT_EQUAL(stop.instruction, behind);
    resume_all();
    EXPECT_EQUAL(guest_hear(child.process), ANSWER + 1);
    guest_expect_success(child);
    let_go();
}

TEST(written_memory_is_the_processes_own_and_shown_under_a_breakpoint) {
    static const uint8_t returns[] = {0xc3}, nothing[] = {0x90};
    uint8_t shown;
    size_t done;
    child_start("counts_for_ever");
    run_to_breakpoint();
    EXPECT_OK(debug_memory_write(debugger, debugged_place(passes_here), returns, 1, &done));
    EXPECT_OK(debug_memory_read(debugger, debugged_place(passes_here), &shown, 1, &done));
    EXPECT_EQUAL(shown, returns[0]);
    EXPECT(*(const uint8_t *)(uintptr_t)passes_here != returns[0]);
    EXPECT_OK(debug_break_clear(debugger, DEBUG_BREAKPOINT, debugged_place(passes_here), 1));
    EXPECT_OK(debug_memory_read(debugger, debugged_place(passes_here), &shown, 1, &done));
    EXPECT_EQUAL(shown, returns[0]);
    EXPECT_STATUS(debug_memory_write(debugger, 0x1234, nothing, 1, &done), BAD_ADDRESS);
    EXPECT_STATUS(debug_memory_read(debugger, UINT64_MAX - 1, &shown, 1, &done), BAD_ADDRESS);
    let_go();
    guest_kill(child);
}

TEST(breakpoints_are_limited_and_can_be_set_nowhere_but_in_memory) {
    child_start("answers_one_word");
    guest_await_wait(child.process, WAIT_MESSAGE_FROM); // not in what is patched here, in the middle of instructions
    for (uint32_t i = 0; i < DEBUG_BREAKPOINTS_MAX; i++)
        EXPECT_OK(debug_break_set(debugger, DEBUG_BREAKPOINT, debugged_place(&passes_here) + i, 1));
    EXPECT_OK(debug_break_set(debugger, DEBUG_BREAKPOINT, debugged_place(&passes_here), 1));
    EXPECT_STATUS(debug_break_set(debugger, DEBUG_BREAKPOINT, debugged_place(&passes_here) - 1, 1), LIMIT_REACHED);
    for (uint32_t i = 0; i < DEBUG_BREAKPOINTS_MAX; i++)
        EXPECT_OK(debug_break_clear(debugger, DEBUG_BREAKPOINT, debugged_place(&passes_here) + i, 1));
    EXPECT_STATUS(debug_break_set(debugger, DEBUG_BREAKPOINT, 0x1234, 1), BAD_ADDRESS);
    let_go();
    guest_say(child.process, ANSWER);
    guest_expect_success(child);
}

// ---- points ----

TEST(a_watch_point_stops_at_the_write_and_at_no_other) {
    child_start("writes_beside_then_there");
    EXPECT_OK(debug_break_set(debugger, DEBUG_WATCH_WRITE, debugged_place((const void *)&watched), 4));
    watched = 0; // of this process: nobody stops
    guest_say(child.process, ANSWER);
    struct process_stop stop = await_stop();
    EXPECT_EQUAL(stop.reason, STOP_POINT);
    EXPECT_EQUAL(stop.points, 1);
    EXPECT_EQUAL(word_there(&watched), ANSWER);
    EXPECT_EQUAL(word_there(&beside), 1);
    EXPECT_OK(debug_break_clear(debugger, DEBUG_WATCH_WRITE, debugged_place((const void *)&watched), 4));
    resume_all();
    guest_expect_success(child);
    let_go();
}

TEST(a_hardware_breakpoint_stops_before_its_instruction_and_lets_it_pass) {
    child_start("counts_for_ever");
    EXPECT_OK(debug_break_set(debugger, DEBUG_BREAK, debugged_place(passes_here), 1));
    struct process_stop stop = await_stop();
    EXPECT_EQUAL(stop.reason, STOP_POINT);
    EXPECT_EQUAL(stop.instruction, debugged_place(passes_here));
    uint32_t before = word_there(&debugged_counter);
    resume_all();
    EXPECT_EQUAL(await_stop().instruction, debugged_place(passes_here));
    EXPECT_EQUAL(word_there(&debugged_counter), before + 1);
    let_go();
    guest_kill(child);
}

TEST(steps_are_told_while_a_watch_point_is_set_and_so_is_the_write) {
    child_start("counts_for_ever");
    run_to_breakpoint();
    EXPECT_OK(debug_break_clear(debugger, DEBUG_BREAKPOINT, debugged_place(passes_here), 1));
    EXPECT_OK(debug_break_set(debugger, DEBUG_WATCH_WRITE, debugged_place((const void *)&debugged_counter), 4));
    uint32_t count = word_there(&debugged_counter), writes = 0;
    for (uint32_t i = 0; i < LOOPS; i++) {
        resume(DEBUG_STEP);
        struct process_stop stop = await_stop();
        uint32_t now = word_there(&debugged_counter);
        EXPECT_EQUAL(stop.reason, now == count ? STOP_STEP : STOP_POINT);
        writes += now - count;
        count = now;
    }
    EXPECT(writes > 1);
    let_go();
    guest_kill(child);
}

TEST(there_are_four_points) {
    child_start("answers_one_word");
    for (uint64_t i = 0; i < DEBUG_POINTS; i++)
        EXPECT_OK(debug_break_set(debugger, DEBUG_WATCH_WRITE, 0x10000 + 8 * i, 8));
    EXPECT_STATUS(debug_break_set(debugger, DEBUG_WATCH_WRITE, 0x20000, 8), LIMIT_REACHED);
    EXPECT_STATUS(debug_break_set(debugger, DEBUG_WATCH_WRITE, 0x20001, 8), INVALID_ARGUMENT);
    let_go();
    guest_say(child.process, ANSWER);
    guest_expect_success(child);
}

// One of the processes that are debugged at once: watches one of two words that all write, at the same addresses, or none.
struct watcher {
    struct spawned child;
    int32_t debugger;
};

static void take_turn(const struct watcher *watcher) {
    child = watcher->child;
    debugger = watcher->debugger;
}

static struct watcher watch_nothing(void) {
    child_start("writes_two_words_in_turn");
    return (struct watcher){child, debugger};
}

static struct watcher watch_word(uint32_t index) {
    struct watcher watcher = watch_nothing();
    uint64_t word = WORDS_PLACE + index * sizeof(uint32_t);
    EXPECT_OK(debug_break_set(debugger, DEBUG_WATCH_WRITE, word, sizeof(uint32_t)));
    return watcher;
}

static void expect_words(uint32_t first, uint32_t second) {
    uint32_t words[2];
    size_t done;
    EXPECT_OK(debug_memory_read(debugger, WORDS_PLACE, words, sizeof(words), &done));
    EXPECT_EQUAL(words[0], first);
    EXPECT_EQUAL(words[1], second);
}

static void expect_hit(const struct watcher *watcher, uint32_t first, uint32_t second) {
    take_turn(watcher);
    struct process_stop stop = await_stop();
    EXPECT_EQUAL(stop.reason, STOP_POINT);
    EXPECT_EQUAL(stop.points, 1);
    expect_words(first, second);
    resume_all();
}

static void expect_no_stop_more(const struct watcher *watcher) {
    struct process_stop stop;
    take_turn(watcher);
    guest_expect_success(child);
    EXPECT(debug_next_stop(debugger, &stop) != STATUS_OK);
    let_go();
}

// In turn with one that has no points: what a CPU was loaded with for one of them is still in it when the next one writes.
TEST(processes_debugged_at_once_are_stopped_by_their_own_points_alone) {
    struct watcher watchers[] = {watch_nothing(), watch_word(0), watch_word(1)};
    for (uint64_t i = 1; i < DEBUG_POINTS; i++) // the last one's: the others' are none of them
        EXPECT_OK(debug_break_set(debugger, DEBUG_WATCH_WRITE, WORDS_PLACE + PAGE_SIZE / 2 + 8 * i, 8));
    for (uint32_t i = 1; i <= LOOPS; i++) {
        for (uint32_t k = 0; k < 3; k++)
            guest_say(watchers[k].child.process, i);
        expect_hit(&watchers[1], i, i);
        expect_hit(&watchers[2], i - 1, i);
        for (uint32_t k = 0; k < 3; k++)
            EXPECT_EQUAL(guest_hear(watchers[k].child.process), i);
    }
    for (uint32_t k = 0; k < 3; k++)
        expect_no_stop_more(&watchers[k]);
}

// ---- faults ----

TEST(a_fault_stops_the_thread_and_it_can_be_mended) {
    child_start("touches_nothing");
    guest_say(child.process, ANSWER);
    struct process_stop stop = await_stop();
    EXPECT_EQUAL(stop.reason, STOP_FAULT);
    EXPECT_EQUAL(stop.vector, VECTOR_PAGE_FAULT);
    EXPECT_EQUAL(stop.address, 0x1234);
    struct debug_registers found = registers();
    for (int i = 0; i < 16; i++)
        if (found.general[i] == 0x1234)
            found.general[i] = debugged_place((const void *)&beside);
    EXPECT_OK(debug_registers_write(debugger, only_thread, &found));
    resume_all();
    guest_expect_success(child);
    let_go();
}

TEST(a_fault_that_is_passed_on_ends_the_process_as_without_a_debugger) {
    child_start("touches_nothing");
    guest_say(child.process, ANSWER);
    EXPECT_EQUAL(await_stop().reason, STOP_FAULT);
    resume(DEBUG_PASS_FAULT);
    struct process_end end = guest_await(child);
    EXPECT_EQUAL(end.reason, END_FAULTED);
    EXPECT_EQUAL(end.address, 0x1234);
    let_go();
}

TEST(floating_point_registers_are_seen_and_set) {
    child_start("adds_floating_point");
    guest_say(child.process, ANSWER);
    EXPECT_EQUAL(await_stop().reason, STOP_FAULT); // its own int3
    struct debug_registers found = registers();
    double value;
    memcpy(&value, found.fpu + 160 + 16 * 7, sizeof(value));
    EXPECT(value == 1.5);
    value = 7;
    memcpy(found.fpu + 160 + 16 * 7, &value, sizeof(value));
    EXPECT_OK(debug_registers_write(debugger, only_thread, &found));
    resume_all();
    guest_expect_success(child);
    let_go();
}
