// The calls of shared memory.
#include "ipc/shared_memory.h"

#include "kernel/abi/memory.h"
#include "kernel/base/call.h"
#include "kernel/memory/space.h"

static enum status memory_by_number(int32_t number, uint32_t rights, struct memory **memory) {
    struct object *object;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_SHARED_MEMORY, rights, &object);
    if (status == STATUS_OK)
        *memory = object_as_memory(object);
    return status;
}

struct result call_shared_create(size_t size) {
    struct process *process = process_current();
    struct memory *memory;
    int32_t number = 0;
    enum status status = memory_create(process->account, size, process->object.name, &memory);
    if (status != STATUS_OK)
        return result_status(status);
    status = number_insert(&process->numbers, &memory->object, memory_type.rights, &number);
    object_release(&memory->object);
    return result_make(status, (uint64_t)number);
}

// What a mapping needs of the number. A private copy is written to without touching the memory.
static uint32_t rights_for(uint32_t protection, uint32_t flags) {
    uint32_t rights = RIGHT_READ;
    if ((protection & PROTECTION_WRITE) && !(flags & MAP_COPY))
        rights |= RIGHT_WRITE;
    if (protection & PROTECTION_EXECUTE)
        rights |= RIGHT_EXECUTE;
    return rights;
}

struct result call_shared_map(int32_t number, uint64_t offset, size_t size, uint32_t protection, uint64_t address,
                              uint32_t flags) {
    struct memory *memory;
    enum status status = memory_by_number(number, rights_for(protection, flags), &memory);
    if (status != STATUS_OK)
        return result_status(status);
    struct space_request request = {
        .address = address,
        .size = size,
        .protection = protection,
        .flags = flags,
        .memory = memory,
        .offset = offset,
    };
    uint64_t base = 0;
    status = space_map(process_current()->space, &request, &base);
    memory->object.operations++;
    object_release(&memory->object);
    return result_make(status, base);
}

struct result call_shared_size(int32_t number) {
    struct memory *memory;
    enum status status = memory_by_number(number, 0, &memory);
    if (status != STATUS_OK)
        return result_status(status);
    uint64_t size = memory->pages * PAGE_SIZE;
    object_release(&memory->object);
    return result_ok(size);
}

struct result call_shared_seal(int32_t number) {
    struct memory *memory;
    enum status status = memory_by_number(number, RIGHT_MANAGE, &memory);
    if (status != STATUS_OK)
        return result_status(status);
    status = memory_seal(memory);
    object_release(&memory->object);
    return result_status(status);
}

// The rights offered are of the caller's, and never more.
static enum status terms_find(int32_t number, uint32_t rights, struct offer_terms *terms) {
    struct object *object;
    uint32_t had;
    enum status status = number_find_rights(&process_current()->numbers, number, &object, &had);
    if (status != STATUS_OK)
        return status;
    terms->memory = object_as_memory(object);
    terms->rights = had & rights;
    if (terms->memory != 0 && (had & RIGHT_SEND) != 0)
        return STATUS_OK;
    status = terms->memory == 0 ? STATUS_WRONG_TYPE : STATUS_NO_RIGHT;
    object_release(object);
    return status;
}

struct result call_shared_offer(int32_t number, uint32_t process, uint32_t rights) {
    struct offer_terms terms;
    uint32_t id = 0;
    enum status status = terms_find(number, rights, &terms);
    if (status != STATUS_OK)
        return result_status(status);
    struct process *to = process_find(process);
    if (to == 0) {
        status = STATUS_NOT_FOUND;
    } else {
        status = offer_make(process_current(), to, &terms, &id);
        process_release(to);
    }
    object_release(&terms.memory->object);
    return result_make(status, id);
}

struct result call_shared_accept(uint32_t offer) {
    int32_t number = 0;
    enum status status = offer_accept(process_current(), offer, &number);
    return result_make(status, (uint64_t)number);
}

struct result call_shared_refuse(uint32_t offer) {
    return result_status(offer_refuse(process_current(), offer));
}
