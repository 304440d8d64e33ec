// Killing a process in each state in which one waits: whoever it waits for, or waits for it, is told, and nothing is left.
#include "tests/guest/killing.h"

enum { ROUNDS = 3, SHORT_NANOSECONDS = 300000000 };

static const struct killed_wait *row_of(char **arguments) {
    return &__start_killed_waits[atoi(arguments[0])];
}

static size_t row_count(void) {
    size_t count = 0;
    for (const struct killed_wait *row = __start_killed_waits; row != __stop_killed_waits; row++)
        count++;
    return count;
}

// ---- the two children ----

ROLE(waits_in_a_row) {
    ROLE_EXPECT(argument_count == 2 && killing_control_map());
    const struct killed_wait *row = row_of(arguments);
    enum status status = row->wait((uint32_t)atoi(arguments[1]));
    return (int)status == row->said ? 0 : 10000 - (int)status;
}

ROLE(is_waited_for_in_a_row) {
    ROLE_EXPECT(argument_count == 2 && killing_control_map());
    const struct killed_wait *row = row_of(arguments);
    ROLE_EXPECT(killing_await(&killing_control->first));
    ROLE_EXPECT(row->prepare == NULL || row->prepare(killing_control->first));
    killing_write(&killing_control->prepared, 1);
    ROLE_EXPECT(killing_await(&killing_control->killed));
    ROLE_EXPECT(row->told == NULL || row->told(killing_control->first));
    return 0;
}

// ---- the test ----

static bool is_dead(struct spawned child) {
    return process_wait(child.number, DEADLINE_NOW, NULL) == STATUS_OK;
}

static void await_prepared(const struct killed_wait *row, struct spawned peer) {
    for (uint64_t give_up = guest_soon(); killing_read(&killing_control->prepared) == 0; thread_sleep(guest_shortly()))
        if (is_dead(peer) || clock_now() > give_up)
            FAIL("%s: the peer did not come so far", row->name);
}

// Some waits are as short as a copy, and are not met where fewer CPUs run than have to do with them: then the kill comes at any moment.
static void await_short_wait(const struct killed_wait *row, struct spawned waiter) {
    struct wait_information record;
    uint64_t give_up = deadline_after(SHORT_NANOSECONDS);
    while (clock_now() < give_up && !guest_waits(waiter.process, row->reason, &record))
        if (is_dead(waiter))
            FAIL("%s: it did not wait, but ended", row->name);
}

static void await_wait(const struct killed_wait *row, struct spawned waiter) {
    struct wait_information record;
    for (uint64_t give_up = guest_soon(); !guest_waits(waiter.process, row->reason, &record);) {
        if (is_dead(waiter) || clock_now() > give_up)
            FAIL("%s: it never waited so", row->name);
        thread_sleep(deadline_after(100000));
    }
}

static void expect_end(const struct killed_wait *row, const char *who, struct spawned child, bool faulted) {
    struct process_end end = guest_await(child);
    if (end.reason != (faulted ? END_FAULTED : END_EXITED) || (!faulted && end.code != 0))
        FAIL("%s: %s ended for reason %u with %d%s%s", row->name, who, end.reason, end.code,
             end.code >= 10000 ? ": " : "", end.code >= 10000 ? status_name(10000 - end.code) : "");
}

static void kill_waiter(const struct killed_wait *row, struct spawned waiter, struct spawned peer) {
    guest_kill(waiter);
    killing_write(&killing_control->killed, 1);
    expect_end(row, "the peer", peer, false);
}

static void kill_peer(const struct killed_wait *row, struct spawned waiter, struct spawned peer) {
    struct wait_information record;
    guest_kill(peer);
    killing_write(&killing_control->killed, 1);
    if (row->said != WAITS_ON) {
        expect_end(row, "who waits", waiter, row->faults);
        return;
    }
    if (!guest_waits(waiter.process, row->reason, &record))
        FAIL("%s: the wait ended with a peer that has no part in it", row->name);
    guest_kill(waiter);
}

static void run(size_t index, void (*kill)(const struct killed_wait *, struct spawned, struct spawned)) {
    const struct killed_wait *row = &__start_killed_waits[index];
    int32_t of_waiter, of_peer;
    killing_begin(row->make, &of_waiter, &of_peer);
    struct spawned peer = killing_start("is_waited_for_in_a_row", index, 0, of_peer);
    if (row->beside != NULL)
        row->beside(peer.process);
    struct spawned waiter = killing_start("waits_in_a_row", index, peer.process, of_waiter);
    if (of_waiter != NUMBER_NONE)
        number_close(of_waiter);
    if (of_peer != NUMBER_NONE)
        number_close(of_peer);
    killing_write(&killing_control->first, waiter.process);
    await_prepared(row, peer);
    if (row->needs_processors)
        await_short_wait(row, waiter);
    else
        await_wait(row, waiter);
    kill(row, waiter, peer);
    killing_end();
    guest_drain();
}

static void run_all(void (*kill)(const struct killed_wait *, struct spawned, struct spawned)) {
    struct machine_information machine;
    EXPECT_OK(machine_information(&machine));
    for (size_t i = 0; i < row_count(); i++) {
        const struct killed_wait *row = &__start_killed_waits[i];
        if (row->needs_processors && machine.processors == 1)
            continue;
        run(i, kill); // what is kept from then on: the image, tables of pages
        struct killing_figures before = killing_figures();
        for (int round = 0; round < ROUNDS; round++)
            run(i, kill);
        const char *difference = killing_figures_changed(&before);
        if (difference != NULL)
            FAIL("%s left %s", row->name, difference);
    }
}

TEST(each_reason_to_wait_has_a_row) {
    static const char *const words[WAIT_REASON_COUNT] = {
#define REASON_WORDS(name, text) [WAIT_##name] = text,
        WAIT_REASON_LIST(REASON_WORDS)
#undef REASON_WORDS
    };
    for (uint32_t reason = WAIT_NOT + 1; reason < WAIT_REASON_COUNT; reason++) {
        bool found = reason == WAIT_DEBUGGER_FILE; // a GDB has to be there: tests/system/test_debugger_files.py
        for (size_t i = 0; i < row_count(); i++)
            found |= __start_killed_waits[i].reason == reason;
        if (!found)
            FAIL("nobody is killed who waits %s", words[reason]);
    }
}

TEST(killing_who_waits_for_whatever_reason_tells_its_peer_and_leaves_nothing) {
    run_all(kill_waiter);
}

TEST(killing_who_is_waited_for_ends_the_wait_where_it_was_for_it_and_leaves_nothing) {
    run_all(kill_peer);
}
