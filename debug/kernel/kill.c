// Ending a process at a person's word: noted while the machine stands, done by a timer when it runs.
#include "debug/kernel/kill.h"
#include "kernel/process/end.h"
#include "kernel/process/process.h"
#include "kernel/process/table.h"

enum { KILLS_MAX = 16, INIT = 1, CODE = -1 };

static uint32_t wanted[KILLS_MAX]; // process ids; 0: free

// Without init there is no system to go on with.
enum status process_kill(uint32_t id) {
    if (id == KERNEL_PROCESS || id == INIT)
        return STATUS_NO_RIGHT;
    if (process_peek(id) == 0)
        return STATUS_NOT_FOUND;
    for (uint32_t i = 0; i < KILLS_MAX; i++) {
        if (wanted[i] != 0 && wanted[i] != id)
            continue;
        wanted[i] = id;
        return STATUS_OK;
    }
    return STATUS_LIMIT_REACHED;
}

void kill_look(void) {
    static const struct process_end end = {.reason = END_KILLED, .code = CODE};
    for (uint32_t i = 0; i < KILLS_MAX; i++) {
        struct process *process = wanted[i] != 0 ? process_find(wanted[i]) : 0;
        wanted[i] = 0;
        if (process == 0)
            continue;
        process_end(process, &end);
        process_release(process);
    }
}
