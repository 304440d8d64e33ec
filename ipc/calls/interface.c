// The calls of interfaces.
#include "ipc/interface.h"
#include "kernel/base/call.h"
#include "kernel/object/machine.h"
#include "kernel/object/trace.h"
#include "kernel/thread/scheduler.h"

// ---- registering ----

// Whether the caller may register the id: the system's need a number for their name.
static enum status name_check(struct process *process, const struct interface_register *wish) {
    if (wish->id >= INTERFACE_ID_SYSTEM)
        return wish->name == NUMBER_NONE ? STATUS_OK : STATUS_INVALID_ARGUMENT;
    if (wish->name == NUMBER_NONE)
        return wish->id == 0 ? STATUS_INVALID_ARGUMENT : STATUS_NO_RIGHT;
    struct object *object;
    enum status status = number_find(&process->numbers, wish->name, OBJECT_INTERFACE_NAME, RIGHT_WRITE, &object);
    if (status != STATUS_OK)
        return status;
    status = ((struct interface_name *)object)->id == wish->id ? STATUS_OK : STATUS_NO_RIGHT;
    object_release(object);
    return status;
}

static enum status register_with_code(struct process *process, const struct interface_register *wish, int32_t *number) {
    struct object *object = 0;
    if (wish->code != NUMBER_NONE) {
        enum status status =
            number_find(&process->numbers, wish->code, OBJECT_SHARED_MEMORY, RIGHT_READ | RIGHT_EXECUTE, &object);
        if (status != STATUS_OK)
            return status;
    }
    enum status status = interface_register(process, wish, (struct memory *)object, number);
    if (object != 0)
        object_release(object);
    return status;
}

struct result call_interface_register(struct user_address address) {
    struct interface_register wish;
    struct process *process = process_current();
    int32_t number = 0;
    enum status status = user_copy_in(&wish, address, sizeof(wish));
    if (status == STATUS_OK)
        status = name_check(process, &wish);
    if (status == STATUS_OK)
        status = register_with_code(process, &wish, &number);
    trace(.operation = TRACE_INTERFACE_REGISTERED, .id = INTERFACE_READY(wish.id, wish.version), .status = status);
    return result_make(status, (uint64_t)number);
}

static enum status name_create(struct process *process, uint32_t id, int32_t *number) {
    struct object *object;
    enum status status = object_create(&interface_name_type, process->account, "interface name", &object);
    if (status != STATUS_OK)
        return status;
    ((struct interface_name *)object)->id = id;
    status = number_insert(&process->numbers, object, interface_name_type.rights, number);
    object_release(object);
    return status;
}

struct result call_interface_name_create(int32_t machine, uint32_t id) {
    struct process *process = process_current();
    int32_t number = 0;
    enum status status = machine_right_check(process, machine, RIGHT_PUBLISH);
    if (status == STATUS_OK && (id == 0 || id >= INTERFACE_ID_SYSTEM))
        status = STATUS_INVALID_ARGUMENT;
    if (status == STATUS_OK)
        status = name_create(process, id, &number);
    return result_make(status, (uint64_t)number);
}

// ---- the client's ----

struct result call_interface_request(uint32_t id, uint32_t version, uint32_t flags) {
    struct interface_wish wish = {id, version, flags};
    uint64_t base = 0;
    enum status status = interface_request(process_current(), &wish, &base);
    return result_make(status, base);
}

struct result call_interface_release(uint64_t base) {
    return result_status(interface_release(process_current(), base));
}

struct result call_interface_ring(uint64_t base) {
    return result_status(interface_ring(process_current(), base));
}

// ---- the server's ----

struct result call_interface_map(int32_t number, struct user_address address) {
    struct process *process = process_current();
    struct object *object;
    struct interface_client_information information;
    uint64_t base = 0;
    enum status status =
        number_find(&process->numbers, number, OBJECT_INTERFACE_CLIENT, RIGHT_READ | RIGHT_WRITE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    struct interface_client *client = (struct interface_client *)object;
    status = interface_map(process, client, &information, &base);
    trace(.operation = TRACE_INTERFACE_MAPPED, .object = object, .peer = client->process, .status = status);
    if (status == STATUS_OK) {
        status = user_copy_out(address, &information, sizeof(information));
        if (status != STATUS_OK)
            space_unmap(process->space, base, interface_client_size(client));
    }
    object_release(object);
    return result_make(status, base);
}

// ---- instruments ----

struct result call_interface_list(uint32_t after, struct user_address list, size_t capacity) {
    struct interface_information entry;
    size_t count = 0, bytes;
    if (__builtin_mul_overflow(capacity, sizeof(entry), &bytes) || user_range_check(list, bytes) != STATUS_OK)
        return result_status(STATUS_BAD_ADDRESS);
    while (count < capacity && interface_inform_next(&after, &entry)) {
        enum status status = user_copy_out(user_address_add(list, count * sizeof(entry)), &entry, sizeof(entry));
        if (status != STATUS_OK)
            return result_status(status);
        count++;
        scheduler_preemption_point();
    }
    return result_ok(count);
}
