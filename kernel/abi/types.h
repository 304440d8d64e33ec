// The scalar types that every call between programs and the kernel is made of, and the few rules that hold for all.
#pragma once

#include <stddef.h>
#include <stdint.h>

// A number names an object within one process: small, positive, the process's own, and the only authority there is.
// Negative numbers belong to one thread (links alone have them), and name nothing for any other; 0 names nothing. A closed number is not given out
// again soon: the low NUMBER_INDEX_BITS bits are the slot, the others count the slot's uses.
enum {
    NUMBER_NONE = 0,
    NUMBER_INDEX_BITS = 14,
    NUMBER_INDEX_MAX = (1 << NUMBER_INDEX_BITS) - 1,
    NUMBER_GENERATION_MAX = (1 << (31 - NUMBER_INDEX_BITS)) - 1,
};

// A deadline is a point of the monotonic clock in nanoseconds since boot (clock_read). Every call that may wait takes
// one. DEADLINE_NOW never waits, DEADLINE_NEVER waits as long as it takes.
#define DEADLINE_NOW UINT64_C(0)
#define DEADLINE_NEVER UINT64_MAX

// What a system call leaves in rax and rdx. `value` is 0 where the call has none or failed.
struct result {
    int64_t status;
    uint64_t value;
};

enum {
    PAGE_SIZE = 4096,
    PAGE_SHIFT = 12,
    NAME_SIZE = 24, // of an object, a process or a thread, its final 0 included
};
