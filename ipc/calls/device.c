// The calls of drivers and clocks: ranges, interrupt lines (by event or by link), timers.
#include "ipc/interrupt.h"
#include "ipc/physical_memory.h"
#include "ipc/timer.h"
#include "kernel/base/call.h"
#include "kernel/object/machine.h"

// Gives a fresh object its number and lets go of it.
static struct result hand_out(struct object *object) {
    int32_t number = 0;
    enum status status = number_insert(&process_current()->numbers, object, object->type->rights, &number);
    object_release(object);
    return result_make(status, (uint64_t)number);
}

static enum status find(int32_t number, enum object_kind kind, uint32_t rights, struct object **object) {
    return number_find(&process_current()->numbers, number, kind, rights, object);
}

// ---- ranges ----

struct result call_range_create(int32_t machine, uint32_t kind, uint64_t base, uint64_t size) {
    struct process *process = process_current();
    struct range *range;
    enum status status = machine_right_check(process, machine, RIGHT_RANGE);
    if (status == STATUS_OK)
        status = range_create(process->account, kind, base, size, &range);
    return status == STATUS_OK ? hand_out(&range->object) : result_status(status);
}

struct result call_range_map(int32_t number, uint64_t offset, size_t size, uint32_t caching) {
    struct object *object;
    enum status status = find(number, OBJECT_RANGE, RIGHT_READ | RIGHT_WRITE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    uint64_t base = 0;
    status = range_map((struct range *)object, process_current(), offset, size, caching, &base);
    object_release(object);
    return result_make(status, base);
}

struct result call_range_open(int32_t number) {
    struct object *object;
    enum status status = find(number, OBJECT_RANGE, RIGHT_READ | RIGHT_WRITE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = range_open((struct range *)object, process_current());
    object_release(object);
    return result_status(status);
}

// ---- interrupts ----

struct result call_interrupt_create(int32_t machine, uint32_t line) {
    struct process *process = process_current();
    struct interrupt *interrupt;
    enum status status = machine_right_check(process, machine, RIGHT_LINE);
    if (status == STATUS_OK)
        status = interrupt_create(process->account, line, &interrupt);
    return status == STATUS_OK ? hand_out(&interrupt->object) : result_status(status);
}

struct result call_interrupt_bind(int32_t number) {
    struct object *object;
    enum status status = find(number, OBJECT_INTERRUPT, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    struct interrupt_binding binding = {.process = process_current(), .number = number};
    status = interrupt_bind((struct interrupt *)object, &binding);
    object_release(object);
    return result_status(status);
}

// The link's end is the line's from now on.
static enum status bind_by_link(struct interrupt *interrupt, int32_t number, int32_t link) {
    struct process *process = process_current();
    struct object *object;
    enum status status = find(link, OBJECT_LINK, RIGHT_SEND, &object);
    if (status != STATUS_OK)
        return status;
    struct interrupt_binding binding = {.process = process, .number = number, .link = (struct link_end *)object};
    status = interrupt_bind(interrupt, &binding);
    if (status == STATUS_OK)
        number_close(&process->numbers, link);
    object_release(object);
    return status;
}

struct result call_interrupt_link(int32_t number, int32_t link) {
    struct object *object;
    enum status status = find(number, OBJECT_INTERRUPT, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = bind_by_link((struct interrupt *)object, number, link);
    object_release(object);
    return result_status(status);
}

struct result call_interrupt_acknowledge(int32_t number) {
    struct object *object;
    enum status status = find(number, OBJECT_INTERRUPT, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = interrupt_acknowledge((struct interrupt *)object);
    object_release(object);
    return result_status(status);
}

// ---- timers ----

// The number is known before the timer can go off.
struct result call_timer_create(void) {
    struct process *process = process_current();
    int32_t number;
    enum status status = number_reserve(&process->numbers, &number);
    if (status != STATUS_OK)
        return result_status(status);
    struct event_timer *timer;
    status = event_timer_create(process, number, &timer);
    if (status != STATUS_OK) {
        number_unreserve(&process->numbers, number);
        return result_status(status);
    }
    number_insert_reserved(&process->numbers, number, &timer->object, event_timer_type.rights);
    object_release(&timer->object);
    return result_ok((uint64_t)number);
}

struct result call_timer_set(int32_t number, uint64_t when, uint64_t interval) {
    struct object *object;
    enum status status = find(number, OBJECT_TIMER, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = event_timer_set((struct event_timer *)object, when, interval);
    object_release(object);
    return result_status(status);
}
