// Ending a process at a person's word: noted while the machine stands, done by a timer when it runs.
#include "debug/kernel/kill.h"
#include "kernel/process/end.h"
#include "kernel/process/process.h"
#include "kernel/process/table.h"

enum { KILLS_MAX = 16, INIT = 1, CODE = -1 };

static struct kill {
    uint32_t process; // its id; 0: free
    bool is_done;     // its threads are on their way out
} kills[KILLS_MAX];

static bool is_there(uint32_t id) {
    const struct process *process = process_peek(id);
    return process != 0 && !process->ended;
}

bool process_is_killed(uint32_t id) {
    for (uint32_t i = 0; i < KILLS_MAX; i++)
        if (kills[i].process == id)
            return true;
    return false;
}

// Without init there is no system to go on with.
enum status process_kill(uint32_t id) {
    if (id == KERNEL_PROCESS || id == INIT)
        return STATUS_NO_RIGHT;
    if (!is_there(id))
        return STATUS_NOT_FOUND;
    if (process_is_killed(id))
        return STATUS_OK;
    for (uint32_t i = 0; i < KILLS_MAX; i++) {
        if (kills[i].process != 0)
            continue;
        kills[i] = (struct kill){.process = id};
        return STATUS_OK;
    }
    return STATUS_LIMIT_REACHED;
}

static void kill_do(struct kill *kill, struct process *process) {
    static const struct process_end end = {.reason = END_KILLED, .code = CODE};
    if (!kill->is_done)
        process_end(process, &end);
    kill->is_done = true;
    if (process->ended)
        kill->process = 0;
}

void kill_look(void) {
    for (uint32_t i = 0; i < KILLS_MAX; i++) {
        if (kills[i].process == 0)
            continue;
        struct process *process = process_find(kills[i].process);
        if (process == 0) {
            kills[i].process = 0;
            continue;
        }
        kill_do(&kills[i], process);
        process_release(process);
    }
}
