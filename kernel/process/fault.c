// A program's fault: the report, and the end.
#include "kernel/process/fault.h"

#include "kernel/abi/page.h"
#include "kernel/base/log.h"
#include "kernel/process/debugger.h"
#include "kernel/process/end.h"
#include "kernel/process/process.h"
#include "kernel/thread/upcall.h"

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

static bool page_is_lacking(const struct process_fault *fault) {
    return fault->reason != STATUS_OK && fault->reason != STATUS_BAD_ADDRESS;
}

static uint32_t fault_type(const struct process_fault *fault) {
    static const uint8_t types[] = {
        [0] = PAGE_TYPE_ARITHMETIC,  // division
        [1] = PAGE_TYPE_TRAP,        // single step
        [3] = PAGE_TYPE_TRAP,        // int3
        [6] = PAGE_TYPE_ILLEGAL,     // no such instruction
        [16] = PAGE_TYPE_ARITHMETIC, // x87
        [19] = PAGE_TYPE_ARITHMETIC, // vector
    };
    if (page_is_lacking(fault))
        return PAGE_TYPE_NO_PAGE;
    uint32_t type = fault->vector < sizeof(types) ? types[fault->vector] : 0;
    return type != 0 ? type : PAGE_TYPE_NO_ACCESS;
}

static bool is_handled(const struct process_fault *fault) {
    struct upcall_fault told = {
        .type = fault_type(fault),
        .address = fault->reason != STATUS_OK ? fault->address : fault->instruction,
    };
    return !fault->is_final && upcall_fault != 0 && upcall_fault(&told);
}

void process_fault_pass(const struct process_fault *fault) {
    struct process *process = process_current();
    if (is_handled(fault))
        return;
    log_line("%s[%u]: %s at %#llx, address %#llx%s: ended", process->object.name, process->id, fault->what,
             (unsigned long long)fault->instruction, (unsigned long long)fault->address, fault_reason(fault->reason));
    trap_describe(fault->frame, log_writer());
    trap_describe_stack(fault->frame, log_writer());
    struct process_end end = {
        .reason = END_FAULTED,
        .code = page_is_lacking(fault) ? (int32_t)fault->reason : (int32_t)fault->vector,
        .vector = fault->vector,
        .address = fault->address,
        .instruction = fault->instruction,
    };
    process_end(process, &end);
}

void process_fault(const struct process_fault *fault) {
    if (!debugger_takes_fault(fault))
        process_fault_pass(fault);
}
