// The floating-point and vector registers of threads, saved and loaded whole at each switch.
//
// Rules: an area is features.fpu_size bytes, 64-byte aligned. The kernel's own code uses none of these registers.
#pragma once

#include <arch/context.h>

#include "kernel/abi/status.h"

// Gives the thread an area with the clean state that a new program expects. NO_MEMORY.
enum status fpu_create(struct arch_context *context);
void fpu_destroy(struct arch_context *context);

// Processors without XSAVEOPT, and threads without an area.
void fpu_save_old(void *area);
void fpu_load_old(const void *area);

// Inline: a switch does both. Components that XCR0 has not switched on are left out by the processor itself.
static inline void fpu_save(const struct arch_context *context) {
    if (__builtin_expect(context->fpu != 0, 1))
        __asm__ volatile("xsaveopt64 (%0)" : : "r"(context->fpu), "a"(-1), "d"(-1) : "memory");
    else if (context->fpu_old != 0)
        fpu_save_old(context->fpu_old);
}

static inline void fpu_load(const struct arch_context *context) {
    if (__builtin_expect(context->fpu != 0, 1))
        __asm__ volatile("xrstor64 (%0)" : : "r"(context->fpu), "a"(-1), "d"(-1) : "memory");
    else if (context->fpu_old != 0)
        fpu_load_old(context->fpu_old);
}
