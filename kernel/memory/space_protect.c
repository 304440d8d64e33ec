// Changing protection: first what the areas say, in one step; then, table by table, what the processor is told.
//
// Between the two a page may be looser than its area for a moment; the call has not returned then. Each part takes the protection
// that its area has at that time, so calls that meet leave what the last one said.
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"
#include "kernel/thread/scheduler.h"

// What one area says to a new protection.
static enum status area_may(const struct area *area, uint32_t protection) {
    bool sealed = area->kind == AREA_SHARED && area->memory->sealed;
    if ((protection & PROTECTION_EXECUTE) && !sealed)
        return STATUS_INVALID_ARGUMENT;
    if (protection & ~(uint32_t)area->allowed)
        return STATUS_NO_RIGHT;
    if ((protection & PROTECTION_WRITE) && sealed)
        return STATUS_BUSY;
    return STATUS_OK;
}

// Whether all of [address, end) is mapped, and each area lets itself be changed.
static enum status range_may(struct space *space, uint64_t address, uint64_t end, uint32_t protection) {
    struct area *area = area_from(&space->areas, address);
    while (address < end) {
        if (area == 0 || area->base > address)
            return STATUS_NOT_FOUND;
        enum status status = area_may(area, protection);
        if (status != STATUS_OK)
            return status;
        address = area->end;
        area = area_after(area);
    }
    return STATUS_OK;
}

// Cuts areas so that some start at `address`, where something is mapped there.
static enum status cut_at(struct space *space, uint64_t address) {
    struct area *area = area_find(&space->areas, address);
    struct area *upper;
    return area == 0 || area->base == address ? STATUS_OK : space_area_split(space, area, address, &upper);
}

static bool becomes_writer(const struct area *area, uint32_t protection) {
    return area->kind == AREA_SHARED && (protection & PROTECTION_WRITE) && !space_area_is_writer(area);
}

// Takes back what writers_note counted before `last`.
static void writers_forget(struct space *space, uint64_t address, const struct area *last, uint32_t protection) {
    for (struct area *area = area_from(&space->areas, address); area != last; area = area_after(area))
        if (becomes_writer(area, protection))
            memory_remove_writer(area->memory);
}

// BUSY: one was sealed in the meantime; nothing was changed then.
static enum status writers_note(struct space *space, uint64_t address, uint64_t end, uint32_t protection) {
    struct area *area = area_from(&space->areas, address);
    for (; area != 0 && area->base < end; area = area_after(area)) {
        enum status status = becomes_writer(area, protection) ? memory_add_writer(area->memory) : STATUS_OK;
        if (status != STATUS_OK) {
            writers_forget(space, address, area, protection);
            return status;
        }
    }
    return STATUS_OK;
}

static enum status areas_change(struct space *space, uint64_t address, uint64_t end, uint32_t protection) {
    enum status status = range_may(space, address, end, protection);
    if (status == STATUS_OK)
        status = cut_at(space, address);
    if (status == STATUS_OK)
        status = cut_at(space, end);
    if (status == STATUS_OK)
        status = writers_note(space, address, end, protection);
    struct area *area = area_from(&space->areas, address);
    for (; status == STATUS_OK && area != 0 && area->base < end; area = area_after(area)) {
        if (space_area_is_writer(area) && !(protection & PROTECTION_WRITE))
            memory_remove_writer(area->memory);
        area->protection = (uint8_t)protection;
    }
    return status;
}

// Whether pages of its memory are not to be writable before they were written to.
static bool first_write_faults(const struct area *area) {
    if (area->kind != AREA_SHARED)
        return area->kind == AREA_COPY;
    return area->memory->source != 0 || __atomic_load_n(&area->memory->has_lent, __ATOMIC_ACQUIRE);
}

// Tells the processor about one table's worth of pages; where to go on.
static uint64_t pages_change(struct space *space, uint64_t address, uint64_t end) {
    struct area *area = area_from(&space->areas, address);
    if (area == 0 || area->base >= end)
        return end;
    uint64_t from = area->base > address ? area->base : address;
    uint64_t limit = area->end < end ? area->end : end;
    uint64_t next = page_table_protect(&space->table, from, limit, space_page_flags(area), first_write_faults(area));
    page_table_flush(&space->table, from, next);
    return next;
}

enum status space_protect(struct space *space, uint64_t address, uint64_t size, uint32_t protection) {
    uint64_t end;
    enum status status = space_range_check(address, size, &end);
    if (status != STATUS_OK)
        return status;
    if (!space_protection_is_sound(protection))
        return STATUS_INVALID_ARGUMENT;
    lock_acquire(&space->lock);
    status = areas_change(space, address, end, space_protection_full(protection));
    lock_release(&space->lock);
    while (status == STATUS_OK && address < end) {
        lock_acquire(&space->lock);
        address = pages_change(space, address, end);
        lock_release(&space->lock);
        if (address < end)
            scheduler_preemption_point();
    }
    return status;
}
