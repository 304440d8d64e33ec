// Killing in the midst of transfers drawn at random, at random moments, under the instruction counter: the seed repeats it exactly.
//
// usage: test-random-killing [--seed N] [--kills N]
#include "tests/guest/killing.h"

enum { DEFAULT_SEED = 1, DEFAULT_KILLS = 1000, TRANSFERS_MAX = 8, MOMENT_MAX = 1000000 };

static uint64_t seed = DEFAULT_SEED, kills = DEFAULT_KILLS;
static uint64_t kill_count; // made so far

static bool wishes_read(int count, char **arguments) {
    for (int i = 0; i < count; i += 2) {
        bool is_seed = strcmp(arguments[i], "--seed") == 0;
        if (i + 1 == count || (!is_seed && strcmp(arguments[i], "--kills") != 0))
            return false;
        *(is_seed ? &seed : &kills) = strtoull(arguments[i + 1], NULL, 10);
    }
    return true;
}

// Every row has a round of each kind before it is random, so that what is kept from then on is there.
static void warm_up(void) {
    for (uint32_t row = 0; row < killing_transfer_count(); row++)
        for (int giver_dies = 0; giver_dies < 2; giver_dies++)
            killing_run(row, giver_dies, 1, 0);
}

static void kill_one(void) {
    uint32_t row = (uint32_t)random() % killing_transfer_count();
    bool giver_dies = random() % 2;
    uint32_t transfers = 1 + (uint32_t)random() % TRANSFERS_MAX;
    killing_run(row, giver_dies, transfers, (uint64_t)random() % MOMENT_MAX);
}

int guest_program(int argument_count, char **arguments) {
    static const char name[] = "killing at random moments tells the other side and leaves nothing";
    if (!wishes_read(argument_count, arguments)) {
        fprintf(stderr, "usage: test-random-killing [--seed N] [--kills N]\n");
        return 2;
    }
    printf("1..1\n# seed %llu. To repeat: os/run --tests --debug --icount --cpus 1 --timeout 99999 --command "
           "\"test-random-killing --seed %llu --kills %llu\"\n",
           (unsigned long long)seed, (unsigned long long)seed, (unsigned long long)kills);
    fflush(stdout);
    srandom((unsigned)seed);
    warm_up();
    struct killing_figures before = killing_figures();
    for (; kill_count < kills; kill_count++)
        kill_one();
    const char *difference = killing_figures_changed(&before);
    if (difference != NULL)
        printf("not ok %s: %s\n", name, difference);
    else
        printf("ok %s\n", name);
    return difference != NULL;
}
