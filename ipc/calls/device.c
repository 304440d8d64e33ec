// The calls of devices: ranges, interrupt lines, timers.
#include "ipc/interrupt.h"
#include "ipc/physical_memory.h"
#include "ipc/timer.h"
#include "kernel/base/call.h"
#include "kernel/memory/space.h"
#include "kernel/object/machine.h"
#include "kernel/process/ports.h"

// Gives a new object its first number and lets go of the maker's reference.
static struct result object_hand_out(struct object *object) {
    int32_t number = 0;
    enum status status = number_insert(&process_current()->numbers, object, object->type->rights, &number);
    object_release(object);
    return result_make(status, (uint64_t)number);
}

// ---- ranges ----

struct result call_range_create(int32_t machine, uint32_t kind, uint64_t base, uint64_t size) {
    struct process *process = process_current();
    enum status status = machine_right_check(process, machine, RIGHT_RANGE);
    if (status != STATUS_OK)
        return result_status(status);
    struct range_plan plan = {kind, base, size};
    struct range *range;
    status = range_make(process->account, &plan, &range);
    return status == STATUS_OK ? object_hand_out(&range->object) : result_status(status);
}

static enum status range_by_number(int32_t number, uint32_t kind, struct range **range) {
    struct object *object;
    enum status status =
        number_find(&process_current()->numbers, number, OBJECT_RANGE, RIGHT_READ | RIGHT_WRITE, &object);
    if (status != STATUS_OK)
        return status;
    *range = (struct range *)object;
    if ((*range)->kind == kind)
        return STATUS_OK;
    object_release(object);
    return STATUS_WRONG_TYPE;
}

static enum status range_map_part(struct range *range, uint64_t offset, uint64_t size, uint32_t caching,
                                  uint64_t *base) {
    uint64_t end;
    if (caching > RANGE_CACHED || size == 0 || offset % PAGE_SIZE != 0 || __builtin_add_overflow(offset, size, &end) ||
        end > range->size)
        return STATUS_INVALID_ARGUMENT;
    range->object.operations++;
    return space_map_physical(process_current()->space, range->base + offset, size, (enum range_caching)caching,
                              &range->object, base);
}

struct result call_range_map(int32_t number, uint64_t offset, size_t size, uint32_t caching) {
    struct range *range;
    enum status status = range_by_number(number, RANGE_MEMORY, &range);
    if (status != STATUS_OK)
        return result_status(status);
    uint64_t base = 0;
    status = range_map_part(range, offset, size, caching, &base);
    object_release(&range->object);
    return result_make(status, base);
}

struct result call_range_open(int32_t number) {
    struct range *range;
    enum status status = range_by_number(number, RANGE_PORTS, &range);
    if (status != STATUS_OK)
        return result_status(status);
    status = ports_open(process_current(), (uint16_t)range->base, (uint32_t)range->size);
    object_release(&range->object);
    return result_status(status);
}

// ---- interrupt lines ----

struct result call_interrupt_create(int32_t machine, uint32_t line) {
    struct process *process = process_current();
    enum status status = machine_right_check(process, machine, RIGHT_LINE);
    if (status != STATUS_OK)
        return result_status(status);
    struct object *object;
    status = interrupt_make(process->account, line, &object);
    return status == STATUS_OK ? object_hand_out(object) : result_status(status);
}

static enum status interrupt_by_number(int32_t number, struct object **object) {
    return number_find(&process_current()->numbers, number, OBJECT_INTERRUPT, RIGHT_MANAGE, object);
}

struct result call_interrupt_bind(int32_t number) {
    struct object *object;
    enum status status = interrupt_by_number(number, &object);
    if (status != STATUS_OK)
        return result_status(status);
    interrupt_bind(object, process_current(), number);
    object_release(object);
    return result_status(STATUS_OK);
}

struct result call_interrupt_acknowledge(int32_t number) {
    struct object *object;
    enum status status = interrupt_by_number(number, &object);
    if (status != STATUS_OK)
        return result_status(status);
    interrupt_acknowledge(object);
    object_release(object);
    return result_status(STATUS_OK);
}

// ---- timers ----

struct result call_timer_create(void) {
    struct object *object;
    enum status status = timer_make(process_current(), &object);
    if (status != STATUS_OK)
        return result_status(status);
    object_retain(object);
    struct result result = object_hand_out(object);
    if (result.status == STATUS_OK)
        timer_name(object, (int32_t)result.value);
    object_release(object);
    return result;
}

struct result call_timer_set(int32_t number, uint64_t when, uint64_t interval) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_TIMER, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = timer_adjust(object, when, interval);
    object_release(object);
    return result_status(status);
}
