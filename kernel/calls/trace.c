// The system calls of the trace.
#include "kernel/object/trace.h"

#include "kernel/base/call.h"
#include "kernel/base/clock.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/scheduler.h"

enum { PART_RECORDS = 8 };

struct result call_trace_open(void) {
    struct process *process = process_current();
    struct object *trace;
    int32_t number = 0;
    enum status status = number_reserve(&process->numbers, &number);
    if (status != STATUS_OK)
        return result_status(status);
    status = trace_create(process->account, &trace);
    if (status != STATUS_OK) {
        number_unreserve(&process->numbers, number);
        return result_status(status);
    }
    number_insert_reserved(&process->numbers, number, trace, trace_type.rights);
    object_release(trace);
    return result_ok((uint64_t)number);
}

// One CPU's records, in parts: interrupts are let in between them.
static enum status processor_copy_out(uint32_t processor, struct trace_position *position, struct user_address records,
                                      size_t capacity, size_t *done) {
    struct trace_record part[PART_RECORDS];
    enum status status = STATUS_OK;
    size_t count = 1;
    while (status == STATUS_OK && count > 0 && *done < capacity) {
        size_t wanted = capacity - *done < PART_RECORDS ? capacity - *done : PART_RECORDS;
        count = trace_copy(processor, &position->next[processor], &position->lost, part, wanted);
        for (size_t i = 0; i < count; i++)
            part[i].time = clock_at(part[i].time);
        status = user_copy_out(user_address_add(records, *done * sizeof(part[0])), part, count * sizeof(part[0]));
        *done += count;
        scheduler_preemption_point();
    }
    return status;
}

static enum status trace_copy_out(struct trace_position *position, struct user_address records, size_t capacity,
                                  size_t *done) {
    enum status status = STATUS_OK;
    for (uint32_t i = 0; status == STATUS_OK && i < processor_count; i++)
        status = processor_copy_out(i, position, records, capacity, done);
    return status;
}

struct result call_trace_read(int32_t number, struct user_address address, struct user_address records,
                              size_t capacity) {
    struct trace_position position;
    struct object *trace;
    size_t bytes, done = 0;
    if (capacity == 0)
        return result_status(STATUS_INVALID_ARGUMENT);
    if (__builtin_mul_overflow(capacity, sizeof(struct trace_record), &bytes) ||
        user_range_check(records, bytes) != STATUS_OK)
        return result_status(STATUS_BAD_ADDRESS);
    enum status status = number_find(&process_current()->numbers, number, OBJECT_TRACE, RIGHT_READ, &trace);
    if (status != STATUS_OK)
        return result_status(status);
    status = user_copy_in(&position, address, sizeof(position));
    if (status == STATUS_OK)
        status = trace_copy_out(&position, records, capacity, &done);
    if (status == STATUS_OK)
        status = user_copy_out(address, &position, sizeof(position));
    object_release(trace);
    return result_make(status, done);
}
