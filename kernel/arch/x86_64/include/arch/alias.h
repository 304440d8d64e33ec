// The alias of physical memory: every frame of RAM is seen by the kernel at a fixed distance. Never executable.
// Host tests have a header of the same name.
#pragma once

#include <stdint.h>

#define ALIAS_BASE UINT64_C(0xffff800000000000)

// What the boot code's first tables alias there, writable: at least so much.
#define EARLY_ALIAS_SIZE (UINT64_C(1) << 30)

static inline void *alias_pointer(uint64_t physical) {
    return (void *)(ALIAS_BASE + physical);
}

static inline uint64_t alias_physical(const void *alias) {
    return (uint64_t)alias - ALIAS_BASE;
}

// Sets a frame's 512 words.
static inline void alias_fill(void *page, uint64_t word) {
    uint64_t count = 512;
    __asm__ volatile("rep stosq" : "+D"(page), "+c"(count) : "a"(word) : "memory");
}
