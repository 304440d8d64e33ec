// Upcalls of the host: what ran of them.
#pragma once

#include <stdint.h>

// A handler of a test's, as a program's: (process, type, address, pages, flags, bytes).
typedef uint64_t host_handler(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

#define HOST_STAYS UINT64_C(0x57a75) // what it returns when it has called upcall_return itself

struct host_upcalls {
    uint32_t entered, left;
    uint32_t restarted; // of those left, by handlers that restart
    uint32_t none;      // ways back without one, after all
};

struct host_upcalls host_upcalls(void);
