// The floating-point registers' areas.
#include "kernel/arch/x86_64/fpu.h"

#include "kernel/arch/x86_64/features.h"
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/heap.h"

enum { CONTROL_CLEAN = 0x37f, VECTOR_CONTROL_CLEAN = 0x1f80, AREA_ALIGNMENT = 64 };
enum { COMPONENT_X87 = 1 << 0, COMPONENT_VECTOR = 1 << 1 };

// All else zero: XSAVE's header then says that every component is in its first state.
enum status fpu_create(struct arch_context *context) {
    struct fpu_image *area = heap_allocate(features.fpu_size);
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

size_t fpu_image_size(void) {
    return features.xsave ? sizeof(struct fpu_image) : FXSAVE_SIZE;
}

void fpu_image_make_whole(struct fpu_image *image) {
    if (!features.xsave)
        return;
    if (!(image->components & COMPONENT_X87)) {
        memset(image, 0, offsetof(struct fpu_image, vector_control));
        memset(image->x87, 0, sizeof(image->x87));
        image->control = CONTROL_CLEAN;
    }
    if (!(image->components & COMPONENT_VECTOR))
        memset(image->xmm, 0, sizeof(image->xmm));
    image->components |= COMPONENT_X87 | COMPONENT_VECTOR;
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
