// Processes and all that they started.
#include <parley/calls.h>
#include <parley/family.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

enum { SNAPSHOT_MAX = 512 };

// All processes of the machine at one moment, and which of them are meant.
struct snapshot {
    struct process_information processes[SNAPSHOT_MAX];
    bool chosen[SNAPSHOT_MAX];
    size_t count;
};

static void take_snapshot(struct snapshot *snapshot) {
    size_t got = 0;
    uint32_t after = 0;
    do {
        size_t room = SNAPSHOT_MAX - snapshot->count;
        got = 0;
        if (room > 0 && process_list(after, &snapshot->processes[snapshot->count], room, &got) == STATUS_OK &&
            got > 0) {
            snapshot->count += got;
            after = snapshot->processes[snapshot->count - 1].process;
        }
    } while (got > 0);
}

static bool is_of(const uint32_t *processes, size_t count, uint32_t process) {
    for (size_t i = 0; i < count; i++)
        if (processes[i] == process)
            return true;
    return false;
}

static bool is_chosen(const struct snapshot *snapshot, uint32_t process) {
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->processes[i].process == process)
            return snapshot->chosen[i];
    return false;
}

// Process ids rise, so a parent comes before its children: one pass finds all descendants.
void family_do(const uint32_t *processes, size_t count, void (*act)(uint32_t process, int value), int value) {
    struct snapshot *snapshot = count == 0 ? NULL : calloc(1, sizeof(*snapshot));
    if (!snapshot)
        return;
    take_snapshot(snapshot);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct process_information *process = &snapshot->processes[i];
        snapshot->chosen[i] = is_of(processes, count, process->process) || is_chosen(snapshot, process->parent);
    }
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->chosen[i])
            act(snapshot->processes[i].process, value);
    free(snapshot);
}

static void send(uint32_t process, int signal) {
    kill((pid_t)process, signal);
}

void family_signal(const uint32_t *processes, size_t count, int signal) {
    family_do(processes, count, send, signal);
}
