// Killing a process in the midst of each transfer, at moments in turn: the other side is told, has what came whole, and nothing is left.
#include "tests/guest/killing.h"

enum { ROUNDS = 12, MOMENT = 137000, MOMENTS = 13 }; // nanoseconds between one moment and the next

static void run_all(bool giver_dies) {
    for (uint32_t row = 0; row < killing_transfer_count(); row++) {
        killing_run(row, giver_dies, 1, 0); // what is kept from then on
        struct killing_figures before = killing_figures();
        for (uint32_t round = 0; round < ROUNDS; round++)
            killing_run(row, giver_dies, 1 + round % 5, round % MOMENTS * MOMENT);
        const char *difference = killing_figures_changed(&before);
        if (difference != NULL)
            FAIL("%s left %s", __start_killed_transfers[row].name, difference);
    }
}

TEST(killing_who_gives_in_the_midst_of_any_transfer_tells_who_takes_and_leaves_nothing) {
    run_all(true);
}

TEST(killing_who_takes_in_the_midst_of_any_transfer_tells_who_gives_and_leaves_nothing) {
    run_all(false);
}
