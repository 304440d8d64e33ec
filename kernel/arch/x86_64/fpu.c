// The floating-point registers' areas.
#include "kernel/arch/x86_64/fpu.h"

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
