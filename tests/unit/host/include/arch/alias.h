// The alias of physical memory: on the host a physical address is the address itself.
#pragma once

#include <stdint.h>

#define ALIAS_BASE UINT64_C(0)
#define EARLY_ALIAS_SIZE UINT64_MAX

static inline void *alias_pointer(uint64_t physical) {
    return (void *)physical;
}

static inline uint64_t alias_physical(const void *alias) {
    return (uint64_t)alias;
}
