// Loads of pages: what becomes of pages at their sender after they were on their way.
#include "kernel/memory/pages.h"

#include <arch/alias.h>

#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/space_layout.h"
#include "kernel/object/account.h"

// ---- faults on pages that were sent ----

// The first write to a frame that others may hold: the last holder keeps it. The page is paid for already.
static enum status page_own(struct space *space, struct area *area, uint64_t address, uint64_t *slot) {
    uint64_t old = page_slot_physical(slot);
    uint32_t marks = page_slot_marks(slot) & ~(uint32_t)MARK_COPY;
    uint64_t physical = old;
    if (frame_references(old) > 1) {
        enum status status = frame_allocate_charged(space->account, 0, &physical);
        if (status != STATUS_OK)
            return status;
        memcpy(alias_pointer(physical), alias_pointer(old), PAGE_SIZE);
    }
    page_slot_fill_marked(slot, physical, space_page_flags(area), marks);
    page_table_flush(&space->table, address, address + PAGE_SIZE);
    if (physical != old)
        frame_drop(old);
    return STATUS_OK;
}

enum status space_fault_marked(struct space *space, struct area *area, uint64_t address, bool write, uint64_t *slot) {
    uint32_t marks = page_slot_marks(slot);
    if (marks & MARK_AWAY)
        return space_fault_away(space, area, slot);
    if ((marks & MARK_GONE) || (write && (marks & MARK_FIXED)))
        return STATUS_BAD_ADDRESS;
    if (write && (marks & MARK_COPY))
        return page_own(space, area, address, slot);
    page_table_flush(&space->table, address, address + PAGE_SIZE);
    return STATUS_OK;
}

// ---- after the way ----

// The place of the load's i-th page, which was sent away from there; null: something else is there now.
static uint64_t *gone_slot(struct space *space, const struct page_load *load, uint32_t i) {
    uint64_t *slot = page_table_slot_if_there(&space->table, load->address + (uint64_t)i * PAGE_SIZE);
    uint32_t wanted = MARK_GONE | (load->pages[i] & MARK_UNPAID);
    return slot != 0 && page_slot_marks(slot) == wanted ? slot : 0;
}

// A page whose place in a window was unmapped meanwhile: the charge for it was left for the load (kernel/memory/space_unmap.c).
static void orphan_note(struct page_load *load, uint32_t i) {
    if (load->pages[i] & MARK_UNPAID)
        load->charged++;
}

static void page_return(struct space *space, struct page_load *load, uint32_t i, bool shared) {
    uint64_t *slot = gone_slot(space, load, i);
    struct area *area = space_find_area(space, load->address + (uint64_t)i * PAGE_SIZE);
    if (slot == 0 || area == 0) {
        orphan_note(load, i);
        return;
    }
    uint64_t physical = load->pages[i] & ~(uint64_t)(PAGE_SIZE - 1);
    uint32_t marks = load->pages[i] & MARK_ALL;
    if (shared && !(marks & (MARK_FIXED | MARK_SHARED)))
        marks |= MARK_COPY;
    if (!(marks & MARK_UNPAID))
        load->charged--; // the charge goes back with it
    uint32_t flags = space_page_flags(area);
    if (marks & (MARK_FIXED | MARK_COPY))
        flags &= ~(uint32_t)PAGE_WRITABLE;
    frame_retain(physical);
    page_slot_fill_marked(slot, physical, flags, marks);
    __atomic_fetch_add(&space->resident, 1, __ATOMIC_RELAXED);
}

void pages_return(struct space *space, struct page_load *load, bool shared) {
    lock_acquire(&space->lock);
    for (uint32_t i = 0; i < load->count; i++)
        page_return(space, load, i, shared);
    lock_release(&space->lock);
}

void pages_settle(struct space *space, struct page_load *load) {
    lock_acquire(&space->lock);
    for (uint32_t i = 0; i < load->count; i++) {
        if (!(load->pages[i] & MARK_UNPAID))
            continue;
        uint64_t *slot = gone_slot(space, load, i);
        if (slot != 0)
            page_slot_clear(slot);
        else
            orphan_note(load, i);
    }
    lock_release(&space->lock);
}
