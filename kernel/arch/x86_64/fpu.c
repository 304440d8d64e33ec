// The floating-point registers' areas.
#include "kernel/arch/x86_64/fpu.h"

#include "kernel/arch/x86_64/features.h"
#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"

enum { CONTROL_CLEAN = 0x37f, VECTOR_CONTROL_CLEAN = 0x1f80, AREA_ALIGNMENT = 64 };

// The start of what FXSAVE and XSAVE write.
struct fpu_area {
    uint16_t control, status, tags, opcode;
    uint64_t instruction, data;
    uint32_t vector_control, vector_control_mask;
};

// All else zero: XSAVE's header then says that every component is in its first state.
enum status fpu_create(struct arch_context *context) {
    struct fpu_area *area = heap_allocate(features.fpu_size);
    if (area == 0)
        return STATUS_NO_MEMORY;
    assert_debug((uint64_t)area % AREA_ALIGNMENT == 0);
    area->control = CONTROL_CLEAN;
    area->vector_control = VECTOR_CONTROL_CLEAN;
    if (features.xsaveopt)
        context->fpu = area;
    else
        context->fpu_old = area;
    return STATUS_OK;
}

void fpu_destroy(struct arch_context *context) {
    heap_free(context->fpu);
    heap_free(context->fpu_old);
    context->fpu = 0;
    context->fpu_old = 0;
}

void fpu_save_old(void *area) {
    if (features.xsave)
        __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

void fpu_load_old(const void *area) {
    if (features.xsave)
        __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}
