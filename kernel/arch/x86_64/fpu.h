// The floating-point and vector registers of threads, saved and loaded whole at each switch.
//
// Rules: an area is features.fpu_size bytes, 64-byte aligned. The kernel's own code uses none of these registers.
// Source: Intel's manual, volume 1, "XSAVE area" and "FXSAVE area".
#pragma once

#include <arch/context.h>
#include <stddef.h>

#include "kernel/abi/status.h"

// Gives the thread an area with the clean state that a new program expects. NO_MEMORY.
enum status fpu_create(struct arch_context *context);
void fpu_destroy(struct arch_context *context);

// How an area begins. FXSAVE writes all but the last.
struct fpu_image {
    uint16_t control, status;
    uint8_t tags; // a bit for each register that is in use
    uint8_t reserved;
    uint16_t operation;
    uint64_t instruction, data;
    uint32_t vector_control, vector_control_mask;
    struct {
        uint8_t value[10], reserved[6];
    } x87[8];
    uint8_t xmm[16][16], unused[96];
    uint64_t components; // those that are not in their first state
};

enum { FXSAVE_SIZE = offsetof(struct fpu_image, components) };

// Null: a kernel thread.
static inline struct fpu_image *fpu_image_of(const struct arch_context *context) {
    return context->fpu != 0 ? context->fpu : context->fpu_old;
}

// Bytes of an image in an area of this processor.
size_t fpu_image_size(void);

// A component that the image says is in its first state has old bytes there: they become that state's.
void fpu_image_make_whole(struct fpu_image *image);

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
