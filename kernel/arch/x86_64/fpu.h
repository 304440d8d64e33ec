// The floating-point and vector registers of threads, saved and loaded whole at each switch.
//
// Rules: an area is features.fpu_size bytes, 64-byte aligned. The kernel's own code uses none of these registers.
#pragma once

#include "kernel/arch/x86_64/features.h"

// An area with the clean state that a new program expects; null: no memory.
void *fpu_create(void);
void fpu_destroy(void *area); // null is nothing

// Inline: a switch does both.
static inline void fpu_save(void *area) {
    uint32_t components = features.fpu_components;
    if (__builtin_expect(features.xsaveopt, 1))
        __asm__ volatile("xsaveopt64 (%0)" : : "r"(area), "a"(components), "d"(0) : "memory");
    else if (features.xsave)
        __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"(components), "d"(0) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

static inline void fpu_load(const void *area) {
    if (__builtin_expect(features.xsave, 1))
        __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(features.fpu_components), "d"(0) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}
