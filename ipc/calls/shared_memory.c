// The calls of shared memory and its offers.
#include "ipc/shared_memory.h"
#include "ipc/gate.h"
#include "ipc/pager.h"
#include "kernel/abi/memory.h"
#include "kernel/base/call.h"
#include "kernel/memory/space.h"

static enum status memory_find(int32_t number, uint32_t rights, struct object **object) {
    return number_find(&process_current()->numbers, number, OBJECT_SHARED_MEMORY, rights, object);
}

struct result call_shared_create(size_t size) {
    struct process *process = process_current();
    struct memory *memory;
    int32_t number = 0;
    enum status status = memory_create(process->account, size, "shared", &memory);
    if (status != STATUS_OK)
        return result_status(status);
    status = number_insert(&process->numbers, &memory->object, memory_type.rights, &number);
    object_release(&memory->object);
    return result_make(status, (uint64_t)number);
}

// ---- mapping ----

// What a number with these rights lets a mapping be: every mapping can be read. A private copy is written without touching
// the memory.
static uint32_t protection_of_rights(uint32_t rights, uint32_t flags) {
    if (!(rights & RIGHT_READ))
        return PROTECTION_NONE;
    uint32_t protection = PROTECTION_READ;
    if ((rights & RIGHT_WRITE) || (flags & MAP_COPY))
        protection |= PROTECTION_WRITE;
    if (rights & RIGHT_EXECUTE)
        protection |= PROTECTION_EXECUTE;
    return protection;
}

static enum status map_checked(struct space_request *request, int32_t number, uint64_t *base) {
    struct process *process = process_current();
    struct object *object;
    uint32_t rights;
    enum status status = number_find_rights(&process->numbers, number, &object, &rights);
    if (status != STATUS_OK)
        return status;
    request->memory = object_as_memory(object);
    request->allowed = protection_of_rights(rights, request->flags);
    if (request->memory == 0)
        status = STATUS_WRONG_TYPE;
    else if ((request->protection & ~request->allowed) != 0)
        status = STATUS_NO_RIGHT;
    else
        status = pager_may_map(process, request->memory);
    if (status == STATUS_OK)
        status = space_map(process->space, request, base);
    object_release(object);
    return status;
}

struct result call_shared_map(int32_t number, uint64_t offset, size_t size, uint32_t protection, uint64_t address,
                              uint32_t flags) {
    uint32_t known = PROTECTION_READ | PROTECTION_WRITE | PROTECTION_EXECUTE;
    if ((protection & ~known) != 0)
        return result_status(STATUS_INVALID_ARGUMENT);
    struct space_request request = {
        .address = address,
        .size = size,
        .protection = protection,
        .flags = flags,
        .offset = offset,
    };
    uint64_t base = 0;
    enum status status = map_checked(&request, number, &base);
    return result_make(status, base);
}

struct result call_shared_size(int32_t number) {
    struct object *object;
    enum status status = memory_find(number, 0, &object);
    if (status != STATUS_OK)
        return result_status(status);
    uint64_t size = ((struct memory *)object)->pages * PAGE_SIZE;
    object_release(object);
    return result_ok(size);
}

struct result call_shared_seal(int32_t number) {
    struct object *object;
    enum status status = memory_find(number, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    status = memory_seal((struct memory *)object);
    object_release(object);
    return result_status(status);
}

struct result call_shared_drop(int32_t number, uint64_t offset, size_t size) {
    struct object *object;
    enum status status = memory_find(number, RIGHT_MANAGE, &object);
    if (status != STATUS_OK)
        return result_status(status);
    bool is_whole = offset % PAGE_SIZE == 0 && size % PAGE_SIZE == 0;
    status = is_whole ? memory_drop_pages((struct memory *)object, offset / PAGE_SIZE, size / PAGE_SIZE)
                      : STATUS_INVALID_ARGUMENT;
    object_release(object);
    return result_status(status);
}

static enum status slice_checked(int32_t number, uint64_t offset, size_t size, uint32_t *rights,
                                 struct memory **slice) {
    struct process *process = process_current();
    struct object *object;
    enum status status = number_find_rights(&process->numbers, number, &object, rights);
    if (status != STATUS_OK)
        return status;
    struct memory *whole = object_as_memory(object);
    if (whole == 0)
        status = STATUS_WRONG_TYPE;
    else if (!(*rights & RIGHT_READ))
        status = STATUS_NO_RIGHT;
    else
        status = memory_slice(process->account, whole, offset, size, slice);
    object_release(object);
    return status;
}

struct result call_shared_slice(int32_t number, uint64_t offset, size_t size) {
    struct memory *slice;
    uint32_t rights;
    int32_t made = 0;
    enum status status = slice_checked(number, offset, size, &rights, &slice);
    if (status != STATUS_OK)
        return result_status(status);
    status = number_insert(&process_current()->numbers, &slice->object, rights & ~(uint32_t)RIGHT_WRITE, &made);
    object_release(&slice->object);
    return result_make(status, (uint64_t)made);
}

// ---- offers ----

static enum status offer_to(uint32_t id, struct object *object, uint32_t rights, uint32_t *offer) {
    struct process *maker = process_current();
    struct process *receiver = process_find(id);
    if (receiver == 0)
        return STATUS_NOT_FOUND;
    enum status status = gate_check(receiver, GATE_SHARED_MEMORY, maker);
    if (status == STATUS_OK)
        status = shared_offer_make(maker, receiver, (struct memory *)object, rights, offer);
    process_release(receiver);
    return status;
}

struct result call_shared_offer(int32_t number, uint32_t process, uint32_t rights) {
    struct object *object;
    uint32_t held, offer = 0;
    enum status status = number_find_rights(&process_current()->numbers, number, &object, &held);
    if (status != STATUS_OK)
        return result_status(status);
    if (object_as_memory(object) == 0)
        status = STATUS_WRONG_TYPE;
    else if (!(held & RIGHT_SEND))
        status = STATUS_NO_RIGHT;
    else
        status = offer_to(process, object, held & rights, &offer);
    object_release(object);
    return result_make(status, offer);
}

struct result call_shared_accept(uint32_t offer) {
    int32_t number = 0;
    enum status status = shared_offer_accept(process_current(), offer, &number);
    return result_make(status, (uint64_t)number);
}

struct result call_shared_refuse(uint32_t offer) {
    return result_status(shared_offer_refuse(process_current(), offer));
}
