// The harness of the tests that run inside Parley: tests by name, children that play roles, and figures to compare.
//
// A test program is this harness (guest.c, guest_child.c, guest_figures.c) and files of tests. It prints `1..N`, then
// `ok NAME` or `not ok NAME: FILE:LINE expected ..., got ...` for each TEST, and ends with 1 if one failed. With an
// argument it runs only the tests whose name holds it. A child is the same program, started with the name of a ROLE.
// Rules: the first failed expectation ends the test; only the first thread may expect. After each test the harness ends
// the children it started, and takes what events and messages are left. Every wait has a deadline.
#pragma once

#include <parley/clock.h>
#include <parley/directory.h>
#include <parley/event.h>
#include <parley/interface.h>
#include <parley/machine.h>
#include <parley/memory.h>
#include <parley/message.h>
#include <parley/object.h>
#include <parley/pipe.h>
#include <parley/port.h>
#include <parley/process.h>
#include <parley/spawn.h>
#include <parley/start.h>
#include <parley/status.h>
#include <parley/thread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct guest_test {
    const char *name;
    void (*run)(void);
};

struct guest_role {
    const char *name;
    int (*run)(int argument_count, char **arguments);
};

#define TEST(sentence)                                                                                                 \
    static void test_##sentence(void);                                                                                 \
    __attribute__((used, retain, section("guest_tests"))) static const struct guest_test entry_##sentence = {          \
        #sentence, test_##sentence};                                                                                   \
    static void test_##sentence(void)

// What a child does: its exit code is 0, or the line of the ROLE_EXPECT that failed. `arguments` are those of guest_start.
#define ROLE(role)                                                                                                     \
    static int role_##role(int argument_count, char **arguments);                                                      \
    __attribute__((used, retain, section("guest_roles"))) static const struct guest_role role_entry_##role = {         \
        #role, role_##role};                                                                                           \
    static int role_##role(int argument_count, char **arguments)

#define ROLE_EXPECT(condition)                                                                                         \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return __LINE__;                                                                                           \
    } while (0)

// A program that is more than a list of tests defines this, which is called in place of running them; its arguments are
// those of main without the program's name.
int guest_program(int argument_count, char **arguments) __attribute__((weak));

// ---- expectations ----

_Noreturn void guest_fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
void guest_expect_equal(int64_t actual, int64_t expected, const char *what, const char *file, int line);
void guest_expect_status(enum status actual, enum status expected, const char *what, const char *file, int line);

#define FAIL(...) guest_fail(__FILE__, __LINE__, __VA_ARGS__)
#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            FAIL("expected %s", #condition);                                                                           \
    } while (0)
#define EXPECT_EQUAL(actual, expected)                                                                                 \
    guest_expect_equal((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define EXPECT_STATUS(actual, expected) guest_expect_status(actual, STATUS_##expected, #actual, __FILE__, __LINE__)
#define EXPECT_OK(actual) EXPECT_STATUS(actual, OK)

// ---- time ----

// A point so far away that only a mistake reaches it, and one that a wait of a test surely reaches.
static inline uint64_t guest_soon(void) {
    return deadline_after(30 * NANOSECONDS_PER_SECOND);
}

static inline uint64_t guest_shortly(void) {
    return deadline_after(2 * NANOSECONDS_PER_MILLISECOND);
}

// ---- children (guest_child.c) ----

// Lets the next child started have a number of the caller's; it finds it by guest_granted.
void guest_grant(const char *name, int32_t number, uint32_t rights);
int32_t guest_granted(const char *name);

// Limits of the next child started: ACCOUNT_ITEM_COUNT of them.
void guest_limit(const uint64_t *limits);

// Starts this program in a role; the arguments end with a null pointer. The harness ends the child after the test.
struct spawned guest_start(const char *role, ...) __attribute__((sentinel));

// The same, but hands out the status; nothing is expected.
enum status guest_try_start(const char *role, struct spawned *child);

// Waits for a child's end, and says how it ended.
struct process_end guest_await(struct spawned child);
void guest_kill(struct spawned child);

// Waits for a child's end, and expects that it ended with 0.
void guest_expect_success(struct spawned child);

// Waits until a thread of the process waits for this reason, and tells its record.
struct wait_information guest_await_wait(uint32_t process, enum wait_reason reason);
bool guest_waits(uint32_t process, enum wait_reason reason, struct wait_information *record);

// The sealed memory with this program's own image; stays open.
int32_t guest_own_image(void);

// A word to and from the parent or a child, by message: for steps that must come one after the other.
void guest_say(uint32_t process, uint32_t word);
uint32_t guest_hear(uint32_t process); // 0: none came in time

static inline uint32_t guest_self(void) {
    return start_information()->process;
}

static inline uint32_t guest_parent(void) {
    return start_information()->parent;
}

// Takes the next event of this type, dropping others, waiting for it; Type NOTHING: none came.
EVENT guest_next_event(uint32_t type, struct event_source *source);

// Takes all events and messages that are pending.
void guest_drain(void);

// ---- memory (guest_memory.c) ----

// New pages between guards: the first filled with this byte, each further one with the next.
uint64_t guest_pages(uint32_t count, uint8_t fill);

// Whether memory can be read there. It asks the kernel: the program itself would fault.
bool guest_is_there(uint64_t address);

// ---- figures (guest_figures.c) ----

// What this process uses of each thing that is limited, and how many numbers it has.
struct guest_figures {
    uint64_t used[ACCOUNT_ITEM_COUNT];
    uint32_t numbers;
};

struct guest_figures guest_figures(void);

// The same, once they stand still: what was just ended (a thread that was joined) is taken apart a moment later.
struct guest_figures guest_figures_settled(void);
struct account_line guest_account(uint32_t process, enum account_item item);

// The first figure that differs, in words, or null. Less memory than before is no difference: what ended earlier may be
// freed only now.
const char *guest_figures_differ(const struct guest_figures *before, const struct guest_figures *after);

// The same with the figures of now; what ends is freed a little later, so it waits for that.
const char *guest_figures_changed(const struct guest_figures *before);

// Takes a few pages more than before for page tables of this program, which mapped memory at random places meanwhile.
void guest_figures_forgive_tables(struct guest_figures *before);

// Whether a process with this id is alive.
bool guest_is_alive(uint32_t process);
