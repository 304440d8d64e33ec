// The life of a test on the host: processes made by hand, calls as one of them, and the check that nothing is left.
#include "tests/unit/host/host.h"

#include <criterion/criterion.h>
#include <string.h>

#include "kernel/base/assert.h"
#include "kernel/memory/space.h"
#include "kernel/object/machine.h"
#include "kernel/process/end.h"
#include "kernel/process/object.h"
#include "kernel/process/subsystem.h"
#include "kernel/process/table.h"
#include "kernel/thread/futex.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

void host_start(void) {
    fiber_start_all();
    machine_line_mask_all();
    object_start();
    futex_start();
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++)
        if ((*entry)->start != 0)
            cr_assert_eq((*entry)->start(), STATUS_OK, "subsystem %s", (*entry)->name);
}

// ---- processes ----

static enum status subsystems_attach(struct process *process) {
    enum status status = STATUS_OK;
    const struct subsystem *const *entry = __start_subsystems;
    for (; entry != __stop_subsystems && status == STATUS_OK; entry++)
        if ((*entry)->process_created != 0)
            status = (*entry)->process_created(process);
    if (status == STATUS_OK)
        return status;
    for (entry--; entry-- != __start_subsystems;)
        if ((*entry)->process_created != 0 && (*entry)->process_ended != 0)
            (*entry)->process_ended(process);
    return status;
}

// The thread that the test is when it calls as this process. It runs for the first time when the process ends.
static void main_function(void *argument) {
    (void)argument;
}

static enum status main_thread_make(struct process *process) {
    struct thread_start start = {.process = process, .name = "main", .entry = (uint64_t)main_function};
    struct thread *thread;
    return thread_create(&start, &thread); // the reference is for the scheduler, when it is launched
}

// The test's own thread is the one that was made first.
static struct thread *main_thread_of(struct process *process) {
    struct thread *thread, *main = 0;
    LIST_FOREACH(thread, &process->threads, process_link) {
        main = thread;
    }
    return main;
}

static void subsystems_detach(struct process *process) {
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++)
        if ((*entry)->process_ended != 0)
            (*entry)->process_ended(process);
}

// As kernel/process/create.c does.
static enum status process_fill(struct process *process) {
    enum status status = space_create(process->account, &process->space);
    if (status == STATUS_OK)
        status = subsystems_attach(process);
    if (status != STATUS_OK)
        return status;
    status = process_table_add(process);
    if (status != STATUS_OK) {
        subsystems_detach(process);
        return status;
    }
    process->account->process = process->id;
    status = main_thread_make(process);
    if (status != STATUS_OK) {
        process_table_remove(process);
        process_release(process);
        subsystems_detach(process);
    }
    return status;
}

enum status host_process_create(const struct host_plan *plan, struct process **process) {
    struct process_object_plan object_plan = {.parent = plan->parent, .name = plan->name, .user = plan->user};
    struct process *made;
    enum status status = process_object_create(&object_plan, &made);
    if (status != STATUS_OK)
        return status;
    status = process_fill(made);
    if (status != STATUS_OK) {
        number_table_close_all(&made->numbers);
        if (made->space != 0)
            space_destroy(made->space);
        process_release(made);
        return status;
    }
    *process = made;
    return STATUS_OK;
}

struct process *host_process(const char *name) {
    struct host_plan plan = {.name = name, .user = HOST_USER};
    struct process *process;
    cr_assert_eq(host_process_create(&plan, &process), STATUS_OK);
    return process;
}

void host_process_end(struct process *process) {
    struct process_end end = {.reason = END_KILLED, .code = 9};
    struct thread *main = main_thread_of(process);
    process_end(process, &end);
    scheduler_ready(main); // its reference is the scheduler's now
    fiber_set_pauses(0);
    fiber_run(main->context.fiber);
    fiber_run_all();
    process_release(process); // the maker's
}

// ---- calling ----

void host_be(struct process *process) {
    fiber_be(main_thread_of(process));
}

struct result host_call(struct process *process, call_function *call, const uint64_t arguments[6]) {
    struct thread *before = thread_current();
    host_be(process);
    struct result result = fiber_invoke(call, arguments);
    fiber_be(before);
    return result;
}

int32_t host_machine_number(struct process *process, uint32_t rights) {
    struct object *machine;
    int32_t number;
    cr_assert_eq(machine_object_create(&machine), STATUS_OK);
    cr_assert_eq(number_insert(&process->numbers, machine, rights, &number), STATUS_OK);
    object_release(machine);
    return number;
}

struct host_event host_event_get(struct process *process) {
    struct host_event got;
    memset(&got, 0x5a, sizeof(got));
    got.status = (enum status)AS(process, event_get, USER(&got.event), USER(&got.source)).status;
    return got;
}

// ---- the end ----

// Criterion does not count assertions that fail here, but it counts a crash.
void host_finish(void) {
    struct process *process;
    user_memory_forbid(0, 0);
    allocation_fail_at(0);
    while ((process = process_next(0)) != 0) {
        process_release(process);
        host_process_end(process);
    }
    fiber_run_all();
    machine_clock_advance(3600 * UINT64_C(1000000000)); // what the kernel itself looks after
    if (object_count() != 0 || allocation_blocks() != 0 || allocation_pages() != 0)
        panic("%s leaves %u objects, %zu heap blocks, %zu pages", criterion_current_test->name, object_count(),
              allocation_blocks(), allocation_pages());
    if (processors[0].lock_count != 0 || timer_next() != UINT64_MAX)
        panic("%s leaves %u locks held, or a timer armed", criterion_current_test->name, processors[0].lock_count);
    fiber_free_all();
}
