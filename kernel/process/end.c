// The end of a process: marking, taking apart, telling.
#include "kernel/process/end.h"
#include "kernel/object/trace.h"

#include <arch/page_table.h>

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space.h"
#include "kernel/process/process.h"
#include "kernel/process/stop.h"
#include "kernel/process/subsystem.h"
#include "kernel/process/table.h"
#include "kernel/thread/thread.h"

bool process_end(struct process *process, const struct process_end *end) {
    lock_acquire(&process->object.lock);
    bool is_first = !process->ending;
    if (is_first) {
        process->end = *end;
        process->end.process = process->id;
        __atomic_store_n(&process->ending, true, __ATOMIC_SEQ_CST);
        struct thread *thread;
        LIST_FOREACH(thread, &process->threads, process_link) {
            thread_end(thread);
        }
    }
    lock_release(&process->object.lock);
    return is_first;
}

// The last thread stands on the kernel's own page table from here on.
static void space_leave_and_destroy(struct process *process) {
    struct space *space = process->space;
    page_table_load(0);
    process->space = 0;
    space_destroy(space);
}

// In one step, so that who was told by event or signal finds it ended, and who waited finds the event to be dropped.
static void tell_the_end(struct process *process) {
    struct process *parent = process_find(process->parent);
    lock_acquire(&process->object.lock);
    if (process->end.reason == 0) // the last thread left by thread_exit
        process->end = (struct process_end){.process = process->id, .reason = END_EXITED};
    process->end.processor_time = clock_counter_nanoseconds(process->processor_time);
    process->ended = true;
    if (trace_is_on())
        trace_record_name(TRACE_PROCESS_ENDED, &process->object, process->id);
    EVENT event = {
        .Type = EVENT_PROCESS,
        .Action = process->end.reason,
        .Data1 = process->id,
        .Data2 = (uint32_t)process->end.code,
    };
    notice_raise(&process->end_notice, &event);
    process_changed_locked(process, parent);
    object_signal(&process->object, WATCH_CLOSED);
    lock_release(&process->object.lock);
    if (parent != 0)
        process_release(parent);
}

void process_finish(struct process *process) {
    process_table_remove(process);
    process_stop_leave(process);
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++)
        if ((*entry)->process_ended != 0)
            (*entry)->process_ended(process);
    number_table_close_all(&process->numbers);
    space_leave_and_destroy(process);
    tell_the_end(process);
    for (const struct subsystem *const *entry = __start_subsystems; entry != __stop_subsystems; entry++)
        if ((*entry)->process_told != 0)
            (*entry)->process_told(process);
    object_release(&process->object); // the process table's reference
}
