// Processes and all that they started, found by their parents' ids.
#include <parley/calls.h>
#include <parley/family.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
    AT_ONCE = 64,
    ROUNDS_MAX = 100, // a program that takes what comes and starts others for ever does not hold up its caller for ever
};

// Those for which it was done.
struct family {
    const uint32_t *first; // of whom the others are descendants
    size_t first_count;
    uint32_t *found;
    size_t count, room;
};

static bool has(const uint32_t *processes, size_t count, uint32_t process) {
    for (size_t i = 0; i < count; i++)
        if (processes[i] == process)
            return true;
    return false;
}

static bool is_new(const struct family *family, const struct process_information *process) {
    return (has(family->first, family->first_count, process->process) ||
            has(family->found, family->count, process->parent)) &&
           !has(family->found, family->count, process->process);
}

static bool add(struct family *family, uint32_t process) {
    if (family->count == family->room) {
        size_t room = family->room + AT_ONCE;
        uint32_t *grown = realloc(family->found, room * sizeof(*grown));
        if (!grown)
            return false;
        family->found = grown;
        family->room = room;
    }
    family->found[family->count++] = process;
    return true;
}

// Process ids rise, so a parent comes before its children: one pass finds all that are there. False: it found no new ones.
static bool do_round(struct family *family, void (*act)(uint32_t process, int value), int value) {
    struct process_information list[AT_ONCE];
    size_t got, before = family->count;
    uint32_t after = 0;
    while (process_list(after, list, AT_ONCE, &got) == STATUS_OK && got > 0) {
        after = list[got - 1].process;
        for (size_t i = 0; i < got; i++)
            if (is_new(family, &list[i]) && add(family, list[i].process))
                act(list[i].process, value);
    }
    return family->count > before;
}

void family_do(const uint32_t *processes, size_t count, void (*act)(uint32_t process, int value), int value) {
    struct family family = {.first = processes, .first_count = count};
    for (unsigned round = 0; count > 0 && round < ROUNDS_MAX && do_round(&family, act, value); round++)
        continue;
    free(family.found);
}

static void send(uint32_t process, int signal) {
    kill((pid_t)process, signal);
}

void family_signal(const uint32_t *processes, size_t count, int signal) {
    family_do(processes, count, send, signal);
}
