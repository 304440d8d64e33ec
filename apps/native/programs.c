// The programs below a process are found by their parents' ids.
#include "apps/native/programs.h"

#include <parley/spawn.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "apps/common/tool.h"
#include "apps/native/listing.h"

enum {
    ROUNDS_MAX = 100
}; // a program that takes the signal and starts others for ever does not hold up its sender for ever

// Ids that were sent the signal, rising within a round.
struct family {
    uint32_t *processes;
    size_t count;
};

void programs_keep_reserve(void) {
    spawn_keep_reserve();
}

static bool has(const struct family *family, uint32_t process) {
    for (size_t i = 0; i < family->count; i++)
        if (family->processes[i] == process)
            return true;
    return false;
}

static void add(struct family *family, uint32_t process) {
    family->processes = tool_reallocate(family->processes, family->count + 1, sizeof(*family->processes));
    family->processes[family->count++] = process;
}

// A parent's id is lower than those of its children, so one pass finds all that are there. False: it found no new ones.
static bool signal_round(struct family *family, int signal) {
    size_t count, before = family->count;
    struct process_information *list = listing_processes(&count);
    for (size_t i = 0; i < count; i++) {
        if (has(family, list[i].parent) && !has(family, list[i].process)) {
            add(family, list[i].process);
            kill((pid_t)list[i].process, signal);
        }
    }
    free(list);
    return family->count > before;
}

void programs_signal_below(pid_t process, int signal) {
    struct family family = {0};
    add(&family, (uint32_t)process);
    for (unsigned round = 0; round < ROUNDS_MAX && signal_round(&family, signal); round++)
        continue;
    free(family.processes);
}
