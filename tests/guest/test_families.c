// Signals to a process and all that it started: whom they reach, and that none of those that are ended starts another.
#include <parley/calls.h>
#include <parley/family.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/guest/guest.h"

enum { BREED_MOST = 24, ROUNDS = 20 };

// Those that are alive and have this name.
static uint32_t alive(const char *name) {
    struct process_information entry = {.process = guest_self()};
    uint32_t count = 0;
    size_t found;
    while (process_list(entry.process, &entry, 1, &found) == STATUS_OK && found == 1)
        count += strcmp(entry.name, name) == 0;
    return count;
}

static void await_alive(const char *name, uint32_t least, uint32_t most) {
    uint64_t give_up = guest_soon();
    uint32_t count;
    while (((count = alive(name)) < least || count > most) && clock_now() < give_up)
        thread_sleep(guest_shortly());
    EXPECT(count >= least && count <= most);
}

// ---- one that starts others for ever ----

ROLE(breed) {
    for (;;) {
        struct spawned child;
        if (guest_try_start("breed", &child) == STATUS_OK)
            number_close(child.number);
    }
}

static struct spawned start_breeding(void) {
    uint64_t limits[ACCOUNT_ITEM_COUNT];
    for (uint32_t i = 0; i < ACCOUNT_ITEM_COUNT; i++)
        limits[i] = guest_account(guest_self(), i).limit;
    limits[ACCOUNT_PROCESSES] = BREED_MOST;
    guest_limit(limits);
    return guest_start("breed", NULL);
}

TEST(who_starts_others_for_ever_is_ended_with_all_of_them_by_one_call) {
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct spawned child = start_breeding();
        await_alive("breed", round, BREED_MOST); // sooner or later in its growth
        uint32_t reached = 0;
        EXPECT_OK(process_family(child.process, SIGTERM, PROCESS_ENDS, SIGTERM, &reached));
        EXPECT(reached >= 1);
        EXPECT_EQUAL(guest_await(child).code, SIGTERM);
        await_alive("breed", 0, 0);
    }
}

TEST(what_was_started_by_one_that_was_ended_alone_is_reached_by_its_id) {
    struct spawned child = start_breeding();
    await_alive("breed", 3, BREED_MOST);
    guest_kill(child);
    await_alive("breed", 3, BREED_MOST); // they go on without it
    family_signal(&child.process, 1, SIGKILL);
    await_alive("breed", 0, 0);
}

// ---- handlers ----

static volatile sig_atomic_t handled;

static void note(int signal) {
    handled = signal;
}

// Told: whom to tell what was handled.
ROLE(handle) {
    ROLE_EXPECT(argument_count == 1);
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &before); // it may come at once, and is not to come between the look and the sleep
    signal(SIGTERM, note);
    guest_say(guest_parent(), 1);
    while (!handled)
        sigsuspend(&before);
    guest_say((uint32_t)atoi(arguments[0]), (uint32_t)handled);
    for (;;)
        pause();
}

// It has one that handles the signal, and ends by it itself.
ROLE(start_one_that_handles) {
    char parent[16];
    snprintf(parent, sizeof(parent), "%u", guest_parent());
    struct spawned child = guest_start("handle", parent, NULL);
    ROLE_EXPECT(guest_hear(child.process) == 1);
    guest_say(guest_parent(), child.process);
    for (;;)
        pause();
}

TEST(a_handler_gets_the_signal_and_who_has_none_is_ended) {
    struct spawned child = guest_start("start_one_that_handles", NULL);
    uint32_t handling = guest_hear(child.process);
    EXPECT(guest_is_alive(handling));
    family_signal(&child.process, 1, SIGTERM);
    struct process_end end = guest_await(child);
    EXPECT_EQUAL(end.reason, END_KILLED);
    EXPECT_EQUAL(end.code, SIGTERM);
    EXPECT_EQUAL(guest_hear(handling), SIGTERM);
    EXPECT(guest_is_alive(handling));
    EXPECT_EQUAL(family_force(&child.process, 1, SIGTERM), 1);
    EXPECT_EQUAL(family_force(&child.process, 1, SIGTERM), 0); // it is ending, if it has not ended
    await_alive("handle", 0, 0);
}

// ---- whom it may reach ----

ROLE(sleep) {
    for (;;)
        pause();
}

static bool is_stopped(uint32_t process) {
    struct process_information about = {0};
    size_t count = 0;
    EXPECT_OK(process_list(process - 1, &about, 1, &count));
    EXPECT_EQUAL(about.process, process);
    return about.state == PROCESS_STOPPED;
}

TEST(stopping_and_going_on_reach_every_descendant) {
    struct spawned child = guest_start("start_one_that_handles", NULL);
    uint32_t handling = guest_hear(child.process);
    family_signal(&child.process, 1, SIGSTOP);
    EXPECT(is_stopped(child.process));
    EXPECT(is_stopped(handling));
    family_signal(&child.process, 1, SIGCONT);
    EXPECT(!is_stopped(child.process));
    EXPECT(!is_stopped(handling));
}

TEST(nobody_there_and_arguments_that_mean_nothing_are_told) {
    struct spawned child = guest_start("sleep", NULL);
    uint32_t reached;
    EXPECT_OK(process_family(child.process, 0, PROCESS_UNCHANGED, 0, &reached));
    EXPECT_EQUAL(reached, 1);
    EXPECT_STATUS(process_family(child.process, PAGE_TYPE_SIGNALS, PROCESS_ENDS, 0, &reached), INVALID_ARGUMENT);
    EXPECT_STATUS(process_family(child.process, 0, PROCESS_EFFECTS, 0, &reached), INVALID_ARGUMENT);
    guest_kill(child);
    EXPECT_STATUS(process_family(child.process, 0, PROCESS_ENDS, 0, &reached), NOT_FOUND);
    EXPECT_STATUS(process_family(0, 0, PROCESS_ENDS, 0, &reached), NOT_FOUND);
}

TEST(another_users_process_is_not_reached) {
    uint32_t reached;
    if (start_information()->user != USER_SYSTEM)
        EXPECT_STATUS(process_family(2, 0, PROCESS_UNCHANGED, 0, &reached), DENIED);
}
