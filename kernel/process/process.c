// The process object: its type, and the parts that are made and freed with it.
#include "kernel/process/process.h"

#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space.h"
#include "kernel/process/object.h"
#include "kernel/process/subsystem.h"
#include "kernel/process/thread_numbers.h"

static void process_describe(struct object *object, struct writer *out) {
    struct process *process = (struct process *)object;
    static const char *const reasons[] = {"no", "exited", "killed", "faulted"};
    writer_format(out, "process: %u\nparent: %u\nuser: %u\nthreads: %u\n", process->id, process->parent, process->user,
                  process->thread_count);
    writer_format(out, "ended: %s\n", process->ended ? reasons[process->end.reason & 3] : "no");
    if (process->stop_code != 0)
        writer_format(out, "stopped: by %d\n", process->stop_code);
    // Only of one's own: another's address space may be going. Long, so it is for tests.
    if (BUILD_CHECKS && thread_current() != 0 && process == process_current() && process->space != 0)
        writer_format(out, "page tables sound: %s\n", space_is_sound(process->space) ? "yes" : "no");
}

// Whoever may end it may let it go on: nobody in particular.
static void process_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    if (reason == WAIT_STOPPED)
        return;
    edges->count = 1;
    edges->processes[0] = ((struct process *)object)->id;
}

static uint32_t process_conditions(struct object *object) {
    return ((struct process *)object)->ended ? WATCH_CLOSED : 0;
}

static void subsystems_free(struct process *process) {
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++)
        if ((*entry)->process_freed != 0)
            (*entry)->process_freed(process);
}

static void process_destroy(struct object *object) {
    struct process *process = (struct process *)object;
    notice_end(&process->end_notice);
    subsystems_free(process);
    if (process->image != 0)
        object_release(&process->image->object);
    heap_free(process->io_ports);
    number_table_free(&process->numbers);
    thread_numbers_free(process);
    account_discharge(process->account, ACCOUNT_PROCESSES, 1);
    object_release(&process->account->object);
}

const struct object_type process_type = {
    .name = "process",
    .kind = OBJECT_PROCESS,
    .size = sizeof(struct process),
    .lock_rank = RANK_PROCESS,
    .rights = PROCESS_RIGHTS,
    .destroy = process_destroy,
    .describe = process_describe,
    .wait_edges = process_edges,
    .conditions = process_conditions,
};

static enum status account_make(const struct process_object_plan *plan, struct account **account) {
    struct account *above = plan->parent != 0 ? plan->parent->account : 0;
    enum status status = account_create(above, plan->name, account);
    if (status != STATUS_OK)
        return status;
    (*account)->essential = plan->essential;
    for (uint32_t i = 0; plan->limits != 0 && i < ACCOUNT_ITEM_COUNT; i++)
        account_set_limit(*account, i, plan->limits[i]);
    status = account_charge(*account, ACCOUNT_PROCESSES, 1);
    if (status != STATUS_OK)
        object_release(&(*account)->object);
    return status;
}

// The account's reference passes to the process, as does its charge for one process.
static enum status object_make(const struct process_object_plan *plan, struct account *account,
                               struct process **process) {
    struct object *object;
    enum status status = object_create(&process_type, account, plan->name, &object);
    if (status != STATUS_OK) {
        account_discharge(account, ACCOUNT_PROCESSES, 1);
        object_release(&account->object);
        return status;
    }
    *process = (struct process *)object;
    (*process)->account = account;
    number_table_start(&(*process)->numbers, account);
    LIST_INIT(&(*process)->threads);
    wait_queue_start(&(*process)->halted);
    (*process)->user = plan->user;
    (*process)->priority_limit = plan->priority;
    (*process)->parent = plan->parent != 0 ? plan->parent->id : 0;
    notice_start(&(*process)->end_notice, plan->parent != 0 ? plan->parent->notice_target : 0, object, object->id);
    return STATUS_OK;
}

enum status process_object_create(const struct process_object_plan *plan, struct process **process) {
    struct account *account;
    enum status status = account_make(plan, &account);
    return status == STATUS_OK ? object_make(plan, account, process) : status;
}
