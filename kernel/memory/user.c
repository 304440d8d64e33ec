// User ranges: what lies in the user half at all.
#include "kernel/memory/user.h"

#include "kernel/memory/space.h"

enum status user_range_check(struct user_address address, size_t size) {
    uint64_t end;
    if (__builtin_add_overflow(address.value, size, &end) || end > USER_HIGHEST)
        return STATUS_BAD_ADDRESS;
    return STATUS_OK;
}
