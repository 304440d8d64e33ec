// Debugging a process from another: who may, how threads halt and go on, and every end.
#include "tests/guest/debugged.h"

enum { LOOPS = 100, ANSWER = DEBUGGED_ANSWER, THREADS = 4 };

static void *counts_in_a_thread(void *argument) {
    (void)argument;
    for (;;)
        passes_here();
}

ROLE(has_threads) {
    struct thread *thread;
    for (int i = 1; i < THREADS; i++)
        ROLE_EXPECT(thread_start(counts_in_a_thread, NULL, NULL, &thread) == STATUS_OK);
    guest_say(guest_parent(), ANSWER);
    for (;;)
        passes_here();
}

// ---- who may ----

TEST(only_the_right_makes_a_debugger_and_there_is_one_at_a_time) {
    int32_t weak, own, second;
    child = guest_start("answers_one_word", NULL);
    EXPECT_OK(number_copy(child.number, RIGHTS_ALL & ~(uint32_t)RIGHT_DEBUG, &weak));
    EXPECT_STATUS(debug_attach(weak, &second), NO_RIGHT);
    EXPECT_OK(process_open(guest_self(), &own));
    EXPECT_STATUS(debug_attach(own, &second), DEADLOCK);
    debugger = attach(child);
    EXPECT_STATUS(debug_attach(child.number, &second), BUSY);
    let_go();
    debugger = attach(child);
    let_go();
    EXPECT_OK(number_close(weak));
    EXPECT_OK(number_close(own));
    EXPECT_OK(process_kill(child.number, 1));
    EXPECT_OK(process_wait(child.number, guest_soon(), NULL));
    EXPECT_STATUS(debug_attach(child.number, &second), PEER_DIED);
}

TEST(with_a_debugger_nothing_is_stopped_and_the_process_ends_as_ever) {
    child_start("answers_one_word");
    guest_say(child.process, ANSWER);
    EXPECT_EQUAL(guest_hear(child.process), ANSWER + 1);
    guest_expect_success(child);
    struct process_stop stop;
    EXPECT_STATUS(debug_next_stop(debugger, &stop), PEER_DIED);
    let_go();
}

// ---- halting ----

TEST(a_thread_in_its_program_halts_and_goes_on) {
    child_start("counts_for_ever");
    EXPECT_OK(debug_halt(debugger, 0));
    await_state(DEBUGGED_HALTED);
    EXPECT_EQUAL(thread_of(0).reason, STOP_ASKED);
    uint32_t before = word_there(&debugged_counter);
    thread_sleep(guest_shortly());
    EXPECT_EQUAL(word_there(&debugged_counter), before);
    EXPECT(registers().instruction != 0 && registers().general[4] != 0);
    resume(DEBUG_CONTINUE);
    uint64_t deadline = guest_soon();
    while (word_there(&debugged_counter) == before && clock_now() < deadline)
        thread_yield();
    EXPECT(word_there(&debugged_counter) != before);
    EXPECT_STATUS(debug_registers_read(debugger, only_thread, &(struct debug_registers){0}), BUSY);
    let_go();
    guest_kill(child);
}

TEST(a_wait_in_a_call_goes_on_while_the_thread_is_halted) {
    child_halt_in_call();
    EXPECT(registers().instruction != 0);
    guest_say(child.process, ANSWER); // ends the call, and the thread stands behind it
    await_state(DEBUGGED_HALTED);
    resume_all();
    EXPECT_EQUAL(guest_hear(child.process), ANSWER + 1);
    guest_expect_success(child);
    let_go();
}

TEST(setting_registers_breaks_a_call_off_and_it_is_made_anew) {
    child_halt_in_call();
    struct debug_registers found = registers();
    EXPECT_STATUS(debug_registers_write(debugger, only_thread, &found), WOULD_WAIT);
    await_state(DEBUGGED_HALTED);
    EXPECT_EQUAL(registers().instruction, found.instruction - 2); // the call is in front of it again
    found = registers();
    EXPECT_OK(debug_registers_write(debugger, only_thread, &found));
    resume_all();
    guest_say(child.process, ANSWER);
    EXPECT_EQUAL(guest_hear(child.process), ANSWER + 1);
    guest_expect_success(child);
    let_go();
}

TEST(all_threads_halt_and_all_go_on) {
    child_start("has_threads");
    EXPECT_EQUAL(guest_hear(child.process), ANSWER);
    EXPECT_OK(debug_halt(debugger, 0));
    uint64_t at = 0, deadline = guest_soon();
    for (int i = 0; i < THREADS; i++) {
        while (thread_of(at).state == DEBUGGED_RUNS && clock_now() < deadline)
            thread_sleep(guest_shortly());
        EXPECT(thread_of(at).state != DEBUGGED_RUNS);
        at = thread_of(at).thread;
    }
    EXPECT_EQUAL(thread_of(at).thread, 0);
    uint32_t before = word_there(&debugged_counter);
    thread_sleep(guest_shortly());
    EXPECT_EQUAL(word_there(&debugged_counter), before);
    let_go(); // lets all go
    guest_kill(child);
}

TEST(a_child_can_begin_under_its_debugger) {
    char *arguments[] = {(char *)"test-debug", NULL};
    struct spawn_request request = SPAWN_REQUEST_DEFAULT;
    request.path = "/bin/true";
    request.arguments = arguments;
    request.debugged = true;
    struct spawned started;
    int32_t process;
    EXPECT_OK(program_spawn(&request, &started));
    debugger = started.number;
    EXPECT_OK(process_open(started.process, &process));
    await_state(DEBUGGED_HALTED);
    EXPECT_STATUS(process_wait(process, DEADLINE_NOW, NULL), WOULD_WAIT);
    resume_all();
    struct process_end end;
    EXPECT_OK(process_wait(process, guest_soon(), &end));
    EXPECT_EQUAL(end.reason, END_EXITED);
    EXPECT_EQUAL(end.code, 0);
    EXPECT_OK(number_close(process));
    let_go();
}

// ---- ends ----

TEST(killed_in_every_state_the_process_ends_and_its_debugger_is_told) {
    static const char *const roles[] = {"counts_for_ever", "answers_one_word", "has_threads"};
    for (size_t i = 0; i < 3 * sizeof(roles) / sizeof(roles[0]); i++) {
        child_start(roles[i % 3]);
        if (i % 3 == 1)
            guest_await_wait(child.process, WAIT_MESSAGE_FROM);
        if (i >= 3)
            EXPECT_OK(debug_halt(debugger, 0));
        if (i >= 6)
            await_state(i % 3 == 1 ? DEBUGGED_CALLS : DEBUGGED_HALTED);
        EXPECT_OK(event_watch(debugger, WATCH_CLOSED, 0));
        guest_kill(child);
        EXPECT_EQUAL(guest_next_event(EVENT_READY, NULL).Action & WATCH_CLOSED, WATCH_CLOSED);
        EXPECT_STATUS(debug_halt(debugger, 0), PEER_DIED);
        let_go();
        guest_drain();
    }
}

ROLE(debugs_and_is_killed) {
    struct process_stop stop;
    int32_t number, process = guest_granted("child");
    uint64_t place = strtoull(arguments[0], NULL, 16);
    ROLE_EXPECT(debug_attach(process, &number) == STATUS_OK);
    ROLE_EXPECT(debug_break_set(number, DEBUG_BREAKPOINT, place, 1) == STATUS_OK);
    ROLE_EXPECT(debug_break_set(number, DEBUG_WATCH_WRITE, 0x10000, 8) == STATUS_OK);
    while (debug_next_stop(number, &stop) == STATUS_NOTHING)
        thread_sleep(guest_shortly());
    ROLE_EXPECT(stop.reason == STOP_BREAKPOINT);
    guest_say(guest_parent(), ANSWER);
    guest_hear(guest_parent());
    return __LINE__;
}

TEST(a_debugger_that_is_killed_leaves_nothing_stopped_and_no_breakpoint) {
    char place[32];
    child_start("counts_for_ever");
    snprintf(place, sizeof(place), "%llx", (unsigned long long)debugged_place(passes_here));
    let_go();
    guest_grant("child", child.number, RIGHTS_ALL);
    struct spawned other = guest_start("debugs_and_is_killed", place, NULL);
    EXPECT_EQUAL(guest_hear(other.process), ANSWER);
    guest_kill(other);
    debugger = attach(child);
    uint32_t before = word_there(&debugged_counter);
    uint64_t deadline = guest_soon();
    while (word_there(&debugged_counter) - before < LOOPS && clock_now() < deadline)
        thread_yield();
    EXPECT(word_there(&debugged_counter) - before >= LOOPS);
    let_go();
    guest_kill(child);
}

TEST(a_halted_thread_says_whom_it_waits_for) {
    child_start("counts_for_ever");
    EXPECT_OK(debug_halt(debugger, 0));
    struct wait_information record = guest_await_wait(child.process, WAIT_DEBUGGER);
    EXPECT_EQUAL(record.kind, OBJECT_DEBUGGER);
    EXPECT_EQUAL(record.wakers[0], guest_self());
    let_go();
    guest_kill(child);
}

TEST(debugging_leaves_nothing_behind) {
    struct guest_figures before = {0};
    for (int i = 0; i < 40; i++) {
        if (i == 2) // what is made once is there by now
            before = guest_figures_settled();
        child_start("counts_for_ever");
        run_to_breakpoint();
        if (i % 2)
            let_go();
        guest_kill(child);
        if (i % 2 == 0)
            let_go();
        guest_drain();
    }
    guest_figures_forgive_tables(&before);
    const char *difference = guest_figures_changed(&before);
    if (difference != NULL)
        FAIL("changed: %s", difference);
}
