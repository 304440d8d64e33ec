// Touching a program's pages before something is held that others wait for.
#include "kernel/memory/space.h"
#include "kernel/memory/user.h"
#include "kernel/process/process.h"

enum status user_touch(struct user_address address, size_t size, bool write) {
    enum status status = user_range_check(address, size);
    uint64_t page = address.value & ~(uint64_t)(PAGE_SIZE - 1);
    for (; status == STATUS_OK && page < address.value + size; page += PAGE_SIZE)
        status = space_fault(process_current()->space, page, write ? FAULT_WRITE : FAULT_READ);
    return status == STATUS_OK || status == STATUS_INTERRUPTED ? status : STATUS_BAD_ADDRESS;
}
