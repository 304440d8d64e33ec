// The calls of listeners: making one, offering links, connecting.
#include "ipc/listener.h"

#include "kernel/base/call.h"

struct result call_listener_create(uint32_t flags) {
    struct process *process = process_current();
    struct listener *listener;
    int32_t number;
    enum status status = number_reserve(&process->numbers, &number);
    if (status != STATUS_OK)
        return result_status(status);
    status = listener_make(process, flags, &listener);
    if (status != STATUS_OK) {
        number_unreserve(&process->numbers, number);
        return result_status(status);
    }
    number_insert_reserved(&process->numbers, number, &listener->object, listener_type.rights);
    object_release(&listener->object);
    return result_ok((uint64_t)number);
}

static enum status listener_find(int32_t number, uint32_t right, struct listener **listener) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_LISTENER, right, &object);
    if (status == STATUS_OK)
        *listener = (struct listener *)object;
    return status;
}

static enum status push(struct listener *listener, int32_t link) {
    struct number_table *numbers = &process_current()->numbers;
    struct object *object;
    enum status status = number_find(numbers, link, OBJECT_LINK, RIGHT_SEND, &object);
    if (status != STATUS_OK)
        return status;
    status = listener_offer(listener, (struct link_end *)object);
    if (status == STATUS_OK)
        number_close(numbers, link);
    object_release(object);
    return status;
}

struct result call_listener_push(int32_t number, int32_t link) {
    struct listener *listener;
    enum status status = listener_find(number, RIGHT_WRITE, &listener);
    if (status != STATUS_OK)
        return result_status(status);
    status = push(listener, link);
    object_release(&listener->object);
    return result_status(status);
}

// ---- connecting ----

static enum status wish_find(const struct link_connect *wish, struct listener **listener) {
    if ((wish->flags & ~(uint32_t)LINK_OF_THREAD) != 0 || wish->reserved != 0)
        return STATUS_INVALID_ARGUMENT;
    if (wish->process != 0)
        return wish->listener == NUMBER_NONE ? listener_of(wish->process, listener) : STATUS_INVALID_ARGUMENT;
    return listener_find(wish->listener, RIGHT_READ, listener);
}

// The place is reserved first: what was taken out of the queue is not lost for want of one.
static enum status connect_to(struct listener *listener, uint32_t flags, uint64_t deadline, int32_t *number) {
    struct process *process = process_current();
    struct link_end *end;
    enum status status = link_number_reserve(flags, number);
    if (status != STATUS_OK)
        return status;
    status = listener_take(listener, deadline, &end);
    if (status != STATUS_OK) {
        link_number_unreserve(*number);
        return status;
    }
    listener_connected(end, process);
    link_number_take(*number, end);
    object_number_removed(&end->object);
    object_release(&end->object);
    return STATUS_OK;
}

struct result call_link_connect(struct user_address address, uint64_t deadline) {
    struct link_connect wish;
    struct listener *listener;
    int32_t number = 0;
    enum status status = user_copy_in(&wish, address, sizeof(wish));
    if (status == STATUS_OK)
        status = wish_find(&wish, &listener);
    if (status != STATUS_OK)
        return result_status(status);
    status = listener_admit(listener, process_current());
    if (status == STATUS_OK)
        status = connect_to(listener, wish.flags, deadline, &number);
    object_release(&listener->object);
    return result_make(status, (uint64_t)(int64_t)number);
}
