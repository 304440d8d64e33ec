// The memory of programs: the host's own, with addresses at which copying fails at will.
//
// Rules: copying with any lock held panics. The first 64 KiB are nobody's, as in Parley.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/memory/user.h"

static inline struct user_address user_of(const void *pointer) {
    return (struct user_address){(uint64_t)pointer};
}

// From now on no program may touch these bytes, to read or to write; size 0: all may be touched again.
void user_memory_forbid(const void *start, size_t size);

// An address in the middle of nowhere.
#define USER_NOWHERE UINT64_C(0x1000)

// From now on pages are never there: each is made by the copy that touches it, and gone again after one resident copy.
void user_memory_set_paging(bool paging);
