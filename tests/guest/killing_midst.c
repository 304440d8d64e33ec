// One transfer between two children, of which one is killed in its midst.
#include "tests/guest/killing.h"

uint32_t killing_transfer_count(void) {
    uint32_t count = 0;
    for (const struct killed_transfer *row = __start_killed_transfers; row != __stop_killed_transfers; row++)
        count++;
    return count;
}

static const struct killed_transfer *row_of(char **arguments) {
    return &__start_killed_transfers[atoi(arguments[0])];
}

ROLE(gives_in_a_row) {
    ROLE_EXPECT(argument_count == 2 && killing_control_map());
    ROLE_EXPECT(killing_await(&killing_control->prepared));
    ROLE_EXPECT(row_of(arguments)->give((uint32_t)atoi(arguments[1])));
    return 0;
}

ROLE(takes_in_a_row) {
    ROLE_EXPECT(argument_count == 2 && killing_control_map());
    ROLE_EXPECT(killing_await(&killing_control->first));
    ROLE_EXPECT(row_of(arguments)->take(killing_control->first));
    return 0;
}

static bool is_dead(struct spawned child) {
    return process_wait(child.number, DEADLINE_NOW, NULL) == STATUS_OK;
}

static void await_transfers(const struct killed_transfer *row, uint32_t count, struct spawned giver,
                            struct spawned taker) {
    for (uint64_t give_up = guest_soon(); killing_read(&killing_control->transfers) < count;
         thread_sleep(deadline_after(50000)))
        if (is_dead(giver) || is_dead(taker) || clock_now() > give_up)
            FAIL("%s: only %u transfers, the giver %s, the taker %s", row->name, killing_control->transfers,
                 is_dead(giver) ? "ended" : "goes on", is_dead(taker) ? "ended" : "goes on");
}

static void expect_right(const struct killed_transfer *row, const char *who, uint64_t moment, struct spawned child) {
    struct process_end end = guest_await(child);
    if (end.reason != END_EXITED || end.code != 0)
        FAIL("%s, killed %llu ns on: who %s ended for reason %u with %d", row->name, (unsigned long long)moment, who,
             end.reason, end.code);
}

void killing_run(size_t index, bool giver_dies, uint32_t transfers, uint64_t moment) {
    const struct killed_transfer *row = &__start_killed_transfers[index];
    int32_t of_giver, of_taker;
    killing_begin(row->make, &of_giver, &of_taker);
    struct spawned taker = killing_start("takes_in_a_row", index, 0, of_taker);
    struct spawned giver = killing_start("gives_in_a_row", index, taker.process, of_giver);
    if (of_giver != NUMBER_NONE)
        number_close(of_giver);
    if (of_taker != NUMBER_NONE)
        number_close(of_taker);
    killing_write(&killing_control->first, giver.process);
    await_transfers(row, transfers, giver, taker);
    thread_sleep(deadline_after(moment));
    guest_kill(giver_dies ? giver : taker);
    killing_write(&killing_control->killed, 1);
    expect_right(row, giver_dies ? "takes" : "gives", moment, giver_dies ? taker : giver);
    if (row->rest != NULL && !row->rest())
        FAIL("%s, killed %llu ns on: the rest is wrong", row->name, (unsigned long long)moment);
    killing_end();
    guest_drain();
}
