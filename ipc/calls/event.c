// The calls of events and the gate.
#include "ipc/event.h"

#include "ipc/event_watch.h"
#include "ipc/gate.h"
#include "kernel/base/call.h"

struct result call_event_wait(uint64_t deadline) {
    return result_status(event_queue_wait(event_queue_of(process_current()), deadline));
}

struct result call_event_get(struct user_address event, struct user_address source) {
    struct process *process = process_current();
    return result_status(event_queue_take(event_queue_of(process), process, event, source));
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

// To another process, or with more than a user-defined type's authority.
__attribute__((noinline)) static enum status send_checked(uint32_t process, const struct event_posting *posting,
                                                          int32_t machine) {
    struct process *sender = posting->sender;
    enum status status = type_check(sender, posting->event->Type, machine);
    if (status != STATUS_OK)
        return status;
    struct process *to = process_find(process);
    if (to == 0)
        return STATUS_NOT_FOUND;
    if (event_type_is_user(posting->event->Type))
        status = gate_check(to, GATE_EVENT, sender);
    if (status == STATUS_OK)
        status = event_queue_post(event_queue_of(to), posting);
    process_release(to);
    return status;
}

struct result call_event_send(uint32_t process, struct user_address address, int32_t machine, uint64_t deadline) {
    EVENT event;
    struct event_posting posting = {.event = &event, .sender = process_current(), .deadline = deadline};
    enum status status = user_copy_in(&event, address, sizeof(EVENT));
    if (status != STATUS_OK)
        return result_status(status);
    if (process == posting.sender->id && event_type_is_user(event.Type))
        return result_status(event_queue_post(event_queue_of(posting.sender), &posting));
    return result_status(send_checked(process, &posting, machine));
}

struct result call_event_watch(int32_t number, uint32_t conditions, uint32_t key) {
    return result_status(event_watch_set(process_current(), number, conditions, key));
}

struct result call_gate_set(uint32_t kind, uint64_t users) {
    uint64_t before = 0;
    enum status status = gate_set(process_current(), kind, users, &before);
    return result_make(status, before);
}

struct result call_gate_read(uint32_t id, uint32_t kind) {
    uint64_t users = 0;
    struct process *process = process_find(id);
    if (process == 0)
        return result_status(STATUS_NOT_FOUND);
    enum status status = gate_read(process, kind, &users);
    process_release(process);
    return result_make(status, users);
}

struct result call_gate_change(int32_t number, uint32_t kind, uint64_t users) {
    uint64_t before = 0;
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_PROCESS, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = gate_set((struct process *)object, kind, users, &before);
    object_release(object);
    return result_make(status, before);
}
