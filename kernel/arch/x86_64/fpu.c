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
void *fpu_create(void) {
    struct fpu_area *area = heap_allocate(features.fpu_size);
    if (area == 0)
        return 0;
    assert_debug((uint64_t)area % AREA_ALIGNMENT == 0);
    area->control = CONTROL_CLEAN;
    area->vector_control = VECTOR_CONTROL_CLEAN;
    return area;
}

void fpu_destroy(void *area) {
    heap_free(area);
}

void fpu_save(void *area) {
    uint32_t low = (uint32_t)features.fpu_components;
    if (features.xsaveopt)
        __asm__ volatile("xsaveopt64 (%0)" : : "r"(area), "a"(low), "d"(0) : "memory");
    else if (features.xsave)
        __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"(low), "d"(0) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

void fpu_load(const void *area) {
    uint32_t low = (uint32_t)features.fpu_components;
    if (features.xsave)
        __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(low), "d"(0) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}
