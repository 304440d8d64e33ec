// Loads a program by the plan that image_check made of its headers.
#include "kernel/process/image.h"

#include <arch/alias.h>

#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"
#include "kernel/process/image_check.h"

// A sealed copy of an image that somebody could still write to.
static enum status sealed_copy(struct account *account, struct memory *image, struct memory **copy) {
    enum status status = memory_create(account, image->pages * PAGE_SIZE, image->object.name, copy);
    if (status != STATUS_OK)
        return status;
    void *bounce = 0;
    status = page_allocate(0, 0, &bounce);
    for (uint64_t page = 0; status == STATUS_OK && page < image->pages; page++) {
        status = memory_read(image, page * PAGE_SIZE, bounce, PAGE_SIZE);
        if (status == STATUS_OK)
            status = memory_write(*copy, page * PAGE_SIZE, bounce, PAGE_SIZE);
    }
    if (bounce != 0)
        page_free(0, bounce);
    if (status == STATUS_OK)
        status = memory_seal(*copy);
    if (status != STATUS_OK)
        object_release(&(*copy)->object);
    return status;
}

// The headers lie in the first page: that is read where it is, the image being sealed.
static enum status plan_make(struct memory *image, struct image_plan *plan) {
    uint64_t physical;
    enum status status = memory_page_wait(image, 0, &physical);
    if (status != STATUS_OK)
        return status;
    status = image_check(alias_pointer(physical), PAGE_SIZE, image->pages * PAGE_SIZE, plan);
    frame_release(image->object.account, physical);
    return status;
}

static enum status map_fixed(struct space *space, struct space_request *request) {
    uint64_t base;
    request->flags |= MAP_FIXED;
    enum status status = space_map(space, request, &base);
    return status == STATUS_INVALID_ARGUMENT || status == STATUS_ADDRESS_IN_USE ? STATUS_BAD_IMAGE : status;
}

// The part that the file fills; the rest of its last page, where there is one, shows zeros.
static enum status map_file_part(struct space *space, struct memory *image, const struct image_segment *segment,
                                 uint64_t base) {
    uint64_t filled = segment->file_end - segment->base;
    uint64_t size = (filled + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    bool writable = segment->protection & PROTECTION_WRITE;
    struct space_request request = {
        .address = base + segment->base,
        .size = size,
        .protection = segment->protection,
        .flags = writable ? MAP_COPY : 0,
        .memory = image,
        .offset = segment->file_offset,
    };
    if (filled == 0)
        return STATUS_OK;
    enum status status = map_fixed(space, &request);
    if (status != STATUS_OK || !writable || filled == size)
        return status;
    static const char zeros[PAGE_SIZE];
    return space_write(space, base + segment->file_end, zeros, size - filled);
}

static enum status map_zero_part(struct space *space, const struct image_segment *segment, uint64_t base) {
    uint64_t start = (segment->file_end + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    struct space_request request = {
        .address = base + start,
        .size = segment->end - start,
        .protection = segment->protection,
    };
    return start < segment->end ? map_fixed(space, &request) : STATUS_OK;
}

// Where the program's address 0 lies. A fixed one must be in the user half at its own addresses.
static enum status base_choose(struct space *space, const struct image_plan *plan, uint64_t *base) {
    *base = 0;
    if (plan->is_fixed)
        return plan->base >= USER_LOWEST && plan->end <= USER_HIGHEST ? STATUS_OK : STATUS_BAD_IMAGE;
    uint64_t start;
    enum status status = space_find_gap(space, plan->end - plan->base, &start);
    *base = start - plan->base;
    return status;
}

static enum status load_sealed(struct space *space, struct memory *image, struct image_info *out) {
    struct image_plan plan;
    uint64_t base = 0;
    enum status status = plan_make(image, &plan);
    if (status == STATUS_OK)
        status = base_choose(space, &plan, &base);
    for (uint32_t i = 0; status == STATUS_OK && i < plan.segment_count; i++) {
        status = map_file_part(space, image, &plan.segments[i], base);
        if (status == STATUS_OK)
            status = map_zero_part(space, &plan.segments[i], base);
    }
    if (status != STATUS_OK)
        return status;
    *out = (struct image_info){
        .base = base,
        .entry = base + plan.entry,
        .headers = base + plan.headers,
        .header_count = plan.header_count,
    };
    return STATUS_OK;
}

enum status image_load(struct space *space, struct memory *image, struct image_info *out) {
    if (image->sealed)
        return load_sealed(space, image, out);
    struct memory *copy;
    enum status status = sealed_copy(space->account, image, &copy);
    if (status != STATUS_OK)
        return status;
    status = load_sealed(space, copy, out);
    object_release(&copy->object);
    return status;
}
