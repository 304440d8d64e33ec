// Received pages that become their receiver's own memory: out of the window, in the place of what lay where they are wanted.
#include "kernel/memory/frame.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/space_layout.h"
#include "kernel/object/account.h"

struct placing {
    struct space *space; // its lock is held
    uint64_t from, to;
    uint64_t size; // bytes
};

// ---- looking: all that can fail ----

static enum status received_check(const struct placing *placing) {
    struct space *space = placing->space;
    const struct area *window = space_find_area(space, placing->from);
    if (window == 0 || window->kind != AREA_WINDOW || placing->from + placing->size > window->end)
        return STATUS_NOT_FOUND;
    for (uint64_t at = 0; at < placing->size; at += PAGE_SIZE) {
        const uint64_t *slot = page_table_slot_if_there(&space->table, placing->from + at);
        if (slot == 0 || page_slot_is_empty(slot) || (page_slot_marks(slot) & MARK_GONE))
            return STATUS_NOT_FOUND;
        if (page_slot_marks(slot) & MARK_FIXED)
            return STATUS_NO_RIGHT;
    }
    return STATUS_OK;
}

// Memory of the space's own that it may write to.
static enum status target_check(const struct placing *placing) {
    uint64_t address = placing->to, end = placing->to + placing->size;
    while (address < end) {
        const struct area *area = space_find_area(placing->space, address);
        if (area == 0 || area->kind != AREA_ANONYMOUS || !(area->protection & PROTECTION_WRITE))
            return STATUS_BAD_ADDRESS;
        address = area->end;
    }
    return STATUS_OK;
}

static enum status tables_make(const struct placing *placing) {
    uint64_t end = placing->to + placing->size;
    enum status status = STATUS_OK;
    for (uint64_t address = placing->to; status == STATUS_OK && address < end;) {
        uint64_t *slot;
        status = page_table_slot(&placing->space->table, address, &slot);
        address += (uint64_t)page_slot_run(address) * PAGE_SIZE;
    }
    return status;
}

static enum status prepare(const struct placing *placing) {
    enum status status = received_check(placing);
    if (status == STATUS_OK)
        status = target_check(placing);
    if (status == STATUS_OK)
        status = tables_make(placing);
    if (status == STATUS_OK)
        status = account_charge(placing->space->account, ACCOUNT_MEMORY_PAGES, placing->size / PAGE_SIZE);
    return status;
}

// ---- placing ----

static void page_place(const struct area *area, uint64_t *from, uint64_t *to) {
    uint32_t marks = page_slot_marks(from) & (MARK_COPY | MARK_SHARED);
    uint32_t flags = space_page_flags(area);
    if (marks & MARK_COPY)
        flags &= ~(uint32_t)PAGE_WRITABLE;
    page_slot_fill_marked(to, page_slot_physical(from), flags, marks);
    page_slot_clear(from);
}

// A batch from `at` on; where to go on. What lay there is given back when no processor remembers it.
static uint64_t batch_place(const struct placing *placing, uint64_t at) {
    struct space *space = placing->space;
    struct page_batch replaced;
    uint64_t limit = placing->size - at < PAGE_BATCH * PAGE_SIZE ? placing->size : at + PAGE_BATCH * PAGE_SIZE;
    replaced.count = 0;
    limit = page_table_clear(&space->table, placing->to + at, placing->to + limit, &replaced) - placing->to;
    for (uint64_t next = at; next < limit; next += PAGE_SIZE)
        page_place(space_find_area(space, placing->to + next),
                   page_table_slot_if_there(&space->table, placing->from + next),
                   page_table_slot_if_there(&space->table, placing->to + next));
    page_table_flush(&space->table, placing->from + at, placing->from + limit);
    page_table_flush(&space->table, placing->to + at, placing->to + limit);
    space_release_pages(space, 0, &replaced);
    return limit;
}

enum status pages_place(struct space *space, uint64_t from, uint64_t to, uint32_t count) {
    uint64_t end;
    struct placing placing = {space, from, to, (uint64_t)count * PAGE_SIZE};
    enum status status = space_range_check(from, placing.size, &end);
    if (status == STATUS_OK)
        status = space_range_check(to, placing.size, &end);
    if (status != STATUS_OK)
        return status;
    lock_acquire(&space->lock);
    status = prepare(&placing);
    for (uint64_t at = 0; status == STATUS_OK && at < placing.size;)
        at = batch_place(&placing, at);
    lock_release(&space->lock);
    return status;
}
