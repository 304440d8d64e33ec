// A program's fault: the report, and the end.
#include "kernel/process/fault.h"

#include "kernel/base/log.h"
#include "kernel/process/end.h"
#include "kernel/process/process.h"

static const char *fault_reason(enum status status) {
    switch (status) {
    case STATUS_OK:
        return "";
    case STATUS_NO_MEMORY:
        return " (the machine's memory is used up)";
    case STATUS_LIMIT_REACHED:
        return " (the process's memory limit is reached)";
    case STATUS_TIMED_OUT:
        return " (the memory daemon did not bring the page in time)";
    case STATUS_PEER_DIED:
        return " (the memory daemon that had the page is gone)";
    case STATUS_DENIED:
        return " (the memory daemon refused the page)";
    default:
        return " (not mapped so)";
    }
}

void process_fault(const struct process_fault *fault) {
    struct process *process = process_current();
    log_line("%s[%u]: %s at %#llx, address %#llx%s: ended", process->object.name, process->id, fault->what,
             (unsigned long long)fault->instruction, (unsigned long long)fault->address, fault_reason(fault->reason));
    trap_describe(fault->frame, log_writer());
    trap_describe_stack(fault->frame, log_writer());
    struct process_end end = {
        .reason = END_FAULTED,
        .code = (int32_t)fault->vector,
        .vector = fault->vector,
        .address = fault->address,
        .instruction = fault->instruction,
    };
    process_end(process, &end);
}
