// Windows: places for pages that others send, and what is put there, taken away, or freed.
#include "kernel/memory/frame.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/space_layout.h"
#include "kernel/object/account.h"

// ---- making ----

// So that putting a page there needs no memory. The tables stay while the window does.
static enum status tables_make(struct space *space, uint64_t base, uint64_t end) {
    enum status status = STATUS_OK;
    lock_acquire(&space->lock);
    for (uint64_t address = base; status == STATUS_OK && address < end;) {
        uint64_t *slot;
        status = page_table_slot(&space->table, address, &slot);
        address += (uint64_t)page_slot_run(address) * PAGE_SIZE;
    }
    lock_release(&space->lock);
    return status;
}

static enum status window_place(struct space *space, uint64_t address, uint64_t size, uint64_t *base) {
    struct area *area;
    enum status status = space_area_create(space, &area);
    if (status != STATUS_OK)
        return status;
    area->kind = AREA_WINDOW;
    area->protection = area->allowed = PROTECTION_READ | PROTECTION_WRITE;
    status = space_area_place(space, area, address, size, base);
    if (status != STATUS_OK)
        space_area_destroy(space, area);
    return status;
}

enum status pages_window_create(struct space *space, uint64_t address, uint64_t pages, uint64_t *base) {
    uint64_t end, size = pages * PAGE_SIZE;
    if (pages == 0 || pages > PAGES_WINDOW_MAX)
        return STATUS_INVALID_ARGUMENT;
    if (address != 0 && (address < USER_LOWEST || space_range_check(address, size, &end) != STATUS_OK))
        return STATUS_INVALID_ARGUMENT;
    enum status status = account_charge(space->account, ACCOUNT_MEMORY_PAGES, pages);
    if (status != STATUS_OK)
        return status;
    status = window_place(space, address, size, base);
    if (status != STATUS_OK) {
        account_discharge(space->account, ACCOUNT_MEMORY_PAGES, pages);
        return status;
    }
    status = tables_make(space, *base, *base + size);
    if (status != STATUS_OK)
        space_unmap(space, *base, size); // a whole area: nothing to cut, so it cannot fail; its charge goes with it
    return status;
}

// ---- putting ----

// How many free places there are from `address` on, at most `count`.
static uint32_t free_run(struct space *space, uint64_t address, uint32_t count) {
    uint32_t run = 0;
    for (; run < count; run++, address += PAGE_SIZE) {
        const uint64_t *slot = page_table_slot_if_there(&space->table, address);
        if (slot == 0 || !page_slot_is_empty(slot))
            break;
    }
    return run;
}

// False: no `count` places in a row are free.
static bool room_find(struct space *space, const struct page_window *window, uint32_t count, uint32_t *first) {
    uint32_t at = window->next;
    for (uint32_t looked = 0; looked <= window->pages;) {
        if (at + count > window->pages) {
            looked += window->pages - at + 1;
            at = 0;
            if (count > window->pages)
                return false;
        }
        uint32_t run = free_run(space, window->base + (uint64_t)at * PAGE_SIZE, count);
        *first = at;
        if (run == count)
            return true;
        at += run + 1;
        looked += run + 1;
    }
    return false;
}

static inline void page_put(const struct area *area, uint64_t *slot, uint64_t page, bool writable) {
    uint64_t physical = page & ~(uint64_t)(PAGE_SIZE - 1);
    uint32_t marks = (page & MARK_ALL) | MARK_UNPAID;
    uint32_t flags = space_page_flags(area);
    if (!writable)
        marks = (marks & ~(uint32_t)MARK_COPY) | MARK_FIXED;
    if (marks & (MARK_FIXED | MARK_COPY))
        flags &= ~(uint32_t)PAGE_WRITABLE;
    frame_retain(physical);
    page_slot_fill_marked(slot, physical, flags, marks);
}

static inline bool is_whole(const struct area *area, const struct page_window *window) {
    return area != 0 && area->kind == AREA_WINDOW && area->end >= window->base + (uint64_t)window->pages * PAGE_SIZE;
}

// One page, into the place where room is looked for first: the common case. Null: that is not free.
static inline uint64_t *place_next(struct space *space, struct page_window *window, uint64_t *address) {
    if (window->next >= window->pages)
        window->next = 0;
    *address = window->base + (uint64_t)window->next * PAGE_SIZE;
    uint64_t *slot = page_table_slot_if_there(&space->table, *address);
    if (slot == 0 || !page_slot_is_empty(slot))
        return 0;
    window->next++;
    return slot;
}

// `area` is the window's; null: it is not there any more, or not all of it.
__attribute__((noinline)) static enum status put_many(struct space *space, const struct area *area,
                                                      struct page_window *window, const struct page_load *load,
                                                      bool writable, uint64_t *address) {
    uint32_t first;
    if (area == 0 || !room_find(space, window, load->count, &first))
        return STATUS_PEER_FULL;
    *address = window->base + (uint64_t)first * PAGE_SIZE;
    window->next = first + load->count;
    for (uint32_t i = 0; i < load->count; i++) {
        uint64_t *slot = page_table_slot_if_there(&space->table, *address + (uint64_t)i * PAGE_SIZE);
        page_put(area, slot, load->pages[i], writable);
    }
    __atomic_fetch_add(&space->resident, load->count, __ATOMIC_RELAXED);
    return STATUS_OK;
}

static inline enum status put_locked(struct space *space, struct page_window *window, const struct page_load *load,
                                     bool writable, uint64_t *address) {
    const struct area *area = space_find_area(space, window->base);
    if (!is_whole(area, window))
        area = 0;
    uint64_t *slot = load->count == 1 && area != 0 ? place_next(space, window, address) : 0;
    if (slot == 0)
        return put_many(space, area, window, load, writable, address);
    page_put(area, slot, load->pages[0], writable);
    __atomic_fetch_add(&space->resident, 1, __ATOMIC_RELAXED);
    return STATUS_OK;
}

enum status pages_put(struct space *space, struct page_window *window, const struct page_load *load, bool writable,
                      uint64_t *address) {
    lock_acquire(&space->lock);
    enum status status = put_locked(space, window, load, writable, address);
    lock_release(&space->lock);
    return status;
}

// ---- what was put ----

// The place of the load's i-th page, where that is still there; null: it is not.
static uint64_t *put_slot(struct space *space, uint64_t address, const struct page_load *load, uint32_t i) {
    uint64_t *slot = page_table_slot_if_there(&space->table, address + (uint64_t)i * PAGE_SIZE);
    uint64_t physical = load->pages[i] & ~(uint64_t)(PAGE_SIZE - 1);
    bool is_it = slot != 0 && (page_slot_marks(slot) & MARK_UNPAID) && page_slot_physical(slot) == physical;
    return is_it ? slot : 0;
}

// The load's own references keep the frames: each is let go of before the flush.
static void page_remove(struct space *space, uint64_t *slot) {
    uint64_t physical = page_slot_physical(slot);
    page_slot_clear(slot);
    frame_drop(physical);
    __atomic_fetch_sub(&space->resident, 1, __ATOMIC_RELAXED);
}

static void page_loosen(uint64_t *slot) {
    uint32_t marks = page_slot_marks(slot);
    if (!(marks & (MARK_FIXED | MARK_SHARED)))
        page_slot_fill_marked(slot, page_slot_physical(slot), page_slot_flags(slot) & ~(uint32_t)PAGE_WRITABLE,
                              marks | MARK_COPY);
}

static void put_change(struct space *space, uint64_t address, const struct page_load *load, bool remove) {
    lock_acquire(&space->lock);
    for (uint32_t i = 0; i < load->count; i++) {
        uint64_t *slot = put_slot(space, address, load, i);
        if (slot != 0 && remove)
            page_remove(space, slot);
        else if (slot != 0)
            page_loosen(slot);
    }
    page_table_flush(&space->table, address, address + (uint64_t)load->count * PAGE_SIZE);
    lock_release(&space->lock);
}

void pages_remove(struct space *space, uint64_t address, const struct page_load *load) {
    put_change(space, address, load, true);
}

void pages_loosen(struct space *space, uint64_t address, const struct page_load *load) {
    put_change(space, address, load, false);
}

// ---- freeing ----

static bool are_received(struct space *space, uint64_t address, uint64_t end) {
    for (; address < end; address += PAGE_SIZE) {
        const struct area *area = space_find_area(space, address);
        const uint64_t *slot = page_table_slot_if_there(&space->table, address);
        if (area == 0 || area->kind != AREA_WINDOW || slot == 0 || page_slot_is_empty(slot) ||
            (page_slot_marks(slot) & MARK_GONE))
            return false;
    }
    return true;
}

static void free_locked(struct space *space, uint64_t address, uint64_t end) {
    while (address < end) {
        struct page_batch batch;
        batch.count = 0;
        uint64_t next = page_table_clear(&space->table, address, end, &batch);
        page_table_flush(&space->table, address, next);
        space_release_pages(space, 0, &batch);
        address = next;
    }
}

enum status pages_free(struct space *space, uint64_t address, uint32_t count) {
    uint64_t end;
    enum status status = space_range_check(address, (uint64_t)count * PAGE_SIZE, &end);
    if (status != STATUS_OK)
        return status;
    lock_acquire(&space->lock);
    status = are_received(space, address, end) ? STATUS_OK : STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        free_locked(space, address, end);
    lock_release(&space->lock);
    return status;
}
