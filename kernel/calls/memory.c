// System calls on a process's own memory: map, unmap, protect.
#include "kernel/base/call.h"
#include "kernel/memory/space.h"
#include "kernel/process/process.h"

struct result call_memory_map(uint64_t address, size_t size, uint32_t protection, uint32_t flags) {
    const uint32_t known = MAP_FIXED | MAP_GUARD;
    if ((flags & ~known) != 0 || (protection & PROTECTION_EXECUTE))
        return result_status(STATUS_INVALID_ARGUMENT);
    struct space_request request = {.address = address, .size = size, .protection = protection, .flags = flags};
    uint64_t base = 0;
    enum status status = space_map(process_current()->space, &request, &base);
    return result_make(status, base);
}

struct result call_memory_unmap(uint64_t address, size_t size) {
    return result_status(space_unmap(process_current()->space, address, size));
}

struct result call_memory_protect(uint64_t address, size_t size, uint32_t protection) {
    return result_status(space_protect(process_current()->space, address, size, protection));
}
