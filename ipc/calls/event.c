// The calls of events and the gate.
#include "ipc/event.h"

#include "ipc/event_watch.h"
#include "ipc/gate.h"
#include "kernel/base/call.h"

struct result call_event_wait(uint64_t deadline) {
    return result_status(event_queue_wait(event_queue_of(process_current()), deadline));
}

static enum status look_copy_out(const struct event_look *look, struct user_address event, struct user_address source) {
    enum status status = user_copy_out(event, &look->event, sizeof(EVENT));
    if (status == STATUS_OK && source.value != 0)
        status = user_copy_out(source, &look->source, sizeof(struct event_source));
    return status;
}

struct result call_event_get(struct user_address event, struct user_address source) {
    struct process *process = process_current();
    struct event_queue *queue = event_queue_of(process);
    for (;;) {
        struct event_look look;
        enum status found = event_queue_look(queue, &look);
        enum status status = look_copy_out(&look, event, source);
        if (status != STATUS_OK || found != STATUS_OK)
            return result_status(status != STATUS_OK ? status : found);
        status = event_queue_take(queue, &look, process);
        if (status == STATUS_OK && look.takes)
            status = look_copy_out(&look, event, source);
        if (status != STATUS_BUSY)
            return result_status(status);
    }
}

// Whether `from` may send this type at all, with `machine` as its authority (R-B4).
static enum status type_check(struct process *from, uint32_t type, int32_t machine) {
    if (event_type_is_user(type))
        return STATUS_OK;
    if (!event_type_is_input(type))
        return STATUS_DENIED;
    struct object *object;
    enum status status = number_find(&from->numbers, machine, OBJECT_MACHINE, RIGHT_INPUT, &object);
    if (status == STATUS_OK)
        object_release(object);
    return status;
}

static enum status event_deliver(struct process *to, struct event_posting *posting) {
    if (event_type_is_user(posting->event.Type)) {
        enum status status = gate_check(to, GATE_EVENT, posting->sender);
        if (status != STATUS_OK)
            return status;
    }
    return event_queue_post(event_queue_of(to), posting);
}

struct result call_event_send(uint32_t process, struct user_address event, int32_t machine, uint64_t deadline) {
    struct process *sender = process_current();
    struct event_posting posting = {.sender = sender, .deadline = deadline};
    enum status status = user_copy_in(&posting.event, event, sizeof(EVENT));
    if (status == STATUS_OK)
        status = type_check(sender, posting.event.Type, machine);
    if (status != STATUS_OK)
        return result_status(status);
    if (process == sender->id)
        return result_status(event_deliver(sender, &posting));
    struct process *to = process_find(process);
    if (to == 0)
        return result_status(STATUS_NOT_FOUND);
    status = event_deliver(to, &posting);
    process_release(to);
    return result_status(status);
}

struct result call_event_watch(int32_t number, uint32_t conditions, uint32_t key) {
    return result_status(event_watch_set(process_current(), number, conditions, key));
}

struct result call_gate_set(uint32_t kind, uint64_t users) {
    uint64_t before = 0;
    enum status status = gate_set(process_current(), kind, users, &before);
    return result_make(status, before);
}
