// Memory of a process, memory shared by offer and acceptance, and physical ranges for drivers.
// Source: seeds/002, "Shared memory"; DESIGN "The IPC designs" 1.
#pragma once

#include "kernel/abi/types.h"

enum protection {
    PROTECTION_NONE = 0,
    PROTECTION_READ = 1 << 0,
    PROTECTION_WRITE = 1 << 1,   // implies READ
    PROTECTION_EXECUTE = 1 << 2, // implies READ; never together with WRITE
};

enum map_flag {
    MAP_FIXED = 1 << 0, // at `address` or not at all (ADDRESS_IN_USE); without it the kernel picks a random place
    MAP_GUARD = 1 << 1, // leave the pages on both sides unmapped
    MAP_COPY = 1 << 2,  // shared_map: a private copy, copied page by page when first written
};

// What a physical range covers.
enum range_kind {
    RANGE_MEMORY = 1, // device memory, mapped by range_map. Never memory that the kernel manages
    RANGE_PORTS = 2,  // x86 I/O ports, opened by range_open
};

enum range_caching { RANGE_UNCACHED = 0, RANGE_WRITE_COMBINING = 1, RANGE_CACHED = 2 };
