// What the tests of debugging share: children to debug, and the steps of a debugger.
#include "tests/guest/debugged.h"

enum { ANSWER = DEBUGGED_ANSWER };

// ---- what the children do ----

volatile uint32_t debugged_counter;

// A place for breakpoints: its first instruction is the one at its address.
__attribute__((noinline)) void passes_here(void) {
    debugged_counter = debugged_counter + 1;
    __asm__ volatile("" ::: "memory");
}

ROLE(counts_for_ever) {
    for (;;)
        passes_here();
}

ROLE(answers_one_word) {
    uint32_t word = guest_hear(guest_parent());
    ROLE_EXPECT(word == ANSWER);
    guest_say(guest_parent(), word + 1);
    return 0;
}

// ---- helpers ----

struct spawned child;
int32_t debugger;
uint64_t only_thread;

int32_t attach(struct spawned to) {
    int32_t number;
    EXPECT_OK(debug_attach(to.number, &number));
    return number;
}

// Where something of this program lies in the child, which is the same program elsewhere.
uint64_t debugged_place(const void *own) {
    struct debug_information information;
    EXPECT_OK(debug_information(debugger, &information));
    return (uint64_t)own - start_information()->image_base + information.image_base;
}

struct debugged_thread thread_of(uint64_t after) {
    struct debugged_thread thread = {0};
    size_t count;
    EXPECT_OK(debug_threads(debugger, after, &thread, 1, &count));
    return thread;
}

void await_state(enum debugged_state state) {
    uint64_t deadline = guest_soon();
    while (thread_of(0).state != state && clock_now() < deadline)
        thread_sleep(guest_shortly());
    EXPECT_EQUAL(thread_of(0).state, state);
    only_thread = thread_of(0).thread;
}

struct process_stop await_stop(void) {
    struct process_stop stop = {0};
    enum status status;
    EXPECT_OK(event_watch(debugger, WATCH_READABLE, 0));
    while ((status = debug_next_stop(debugger, &stop)) == STATUS_NOTHING)
        if (guest_next_event(EVENT_READY, NULL).Type != EVENT_READY)
            FAIL("no stop came");
    EXPECT_OK(status);
    only_thread = stop.thread;
    await_state(DEBUGGED_HALTED);
    return stop;
}

// A watch that is left would keep the debugger, and so the process, until another takes its place.
void let_go(void) {
    EXPECT_OK(event_watch(debugger, 0, 0));
    EXPECT_OK(number_close(debugger));
}

void resume(enum debug_action action) {
    struct debug_resume how = {.thread = only_thread, .action = action};
    EXPECT_OK(debug_resume(debugger, &how));
}

void resume_all(void) {
    struct debug_resume how = {.action = DEBUG_CONTINUE};
    EXPECT_OK(debug_resume(debugger, &how));
}

struct debug_registers registers(void) {
    struct debug_registers found;
    EXPECT_OK(debug_registers_read(debugger, only_thread, &found));
    return found;
}

void child_start(const char *role) {
    child = guest_start(role, NULL);
    debugger = attach(child);
}

void child_halt_in_call(void) {
    child = guest_start("answers_one_word", NULL);
    guest_await_wait(child.process, WAIT_MESSAGE_FROM);
    debugger = attach(child);
    EXPECT_OK(debug_halt(debugger, 0));
    await_state(DEBUGGED_CALLS);
}

// Stops it at passes_here.
void run_to_breakpoint(void) {
    EXPECT_OK(debug_break_set(debugger, DEBUG_BREAKPOINT, debugged_place(passes_here), 1));
    struct process_stop stop = await_stop();
    EXPECT_EQUAL(stop.reason, STOP_BREAKPOINT);
    EXPECT_EQUAL(stop.instruction, debugged_place(passes_here));
}

uint32_t word_there(const volatile uint32_t *own) {
    uint32_t word;
    size_t done;
    EXPECT_OK(debug_memory_read(debugger, debugged_place((const void *)own), &word, sizeof(word), &done));
    EXPECT_EQUAL(done, sizeof(word));
    return word;
}
