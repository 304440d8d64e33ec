// Signals to a process and all that it started. Who descends from whom is seen by their accounts, which last as long as a descendant does.
#include "ipc/page.h"
#include "kernel/object/trace.h"
#include "kernel/process/end.h"
#include "kernel/process/stop.h"
#include "kernel/thread/scheduler.h"

static bool is_of(const struct process *process, uint32_t first) {
    for (const struct account *account = process->account; account != 0; account = account->parent)
        if (account->process == first)
            return true;
    return false;
}

// False: it was ending already.
static bool affect(struct process *process, const struct family_act *act) {
    if (act->effect == PROCESS_ENDS)
        return process_end(process, &(struct process_end){.reason = END_KILLED, .code = act->code});
    if (act->effect == PROCESS_STOPS)
        process_stop(process, act->code);
    return !__atomic_load_n(&process->ending, __ATOMIC_ACQUIRE);
}

static bool signal_one(struct process *from, struct process *to, const struct family_act *act) {
    if (act->effect == PROCESS_GOES_ON)
        process_stop(to, 0);
    enum status status = act->type != 0 ? page_signal(to, act->type, from) : STATUS_NOT_FOUND;
    bool reached = status == STATUS_NOT_FOUND ? affect(to, act) : true;
    trace(.operation = TRACE_PAGE_SENT, .peer = to->id, .id = act->type, .status = status);
    return reached;
}

// Ids rise in the order in which processes are found here. One that is just being started by a process that was ended is found
// below, as the last look comes after that; or its maker sees the end of its parent (kernel/process/create.c).
enum status page_signal_family(struct process *from, const struct family_act *act, uint32_t *count) {
    enum status otherwise = STATUS_NOT_FOUND;
    struct process *process;
    *count = 0;
    for (uint32_t after = 0; (process = process_next(after)) != 0; process_release(process)) {
        after = process->id;
        if (!is_of(process, act->first))
            continue;
        if (from->user == process->user || from->user == USER_SYSTEM)
            *count += signal_one(from, process, act);
        else
            otherwise = STATUS_DENIED;
        scheduler_preemption_point();
    }
    return *count > 0 ? STATUS_OK : otherwise;
}
