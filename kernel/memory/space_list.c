// All address spaces: for what is done to every mapping of some memory, and for who looks through all of them.
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"

static struct {
    struct lock lock;
    uint64_t last_id;
    TAILQ_HEAD(space_list, space)
    spaces; // in order of id
} list = {.lock = LOCK_INITIAL(RANK_SPACES), .spaces = TAILQ_HEAD_INITIALIZER(list.spaces)};

void space_list_enter(struct space *space) {
    lock_acquire(&list.lock);
    space->id = ++list.last_id;
    TAILQ_INSERT_TAIL(&list.spaces, space, in_list);
    lock_release(&list.lock);
}

void space_list_leave(struct space *space) {
    lock_acquire(&list.lock);
    TAILQ_REMOVE(&list.spaces, space, in_list);
    lock_release(&list.lock);
}

uint64_t space_list_visit(uint64_t after, void (*work)(struct space *space, void *argument), void *argument) {
    lock_acquire(&list.lock);
    struct space *space = TAILQ_FIRST(&list.spaces);
    while (space != 0 && space->id <= after)
        space = TAILQ_NEXT(space, in_list);
    if (space != 0)
        work(space, argument);
    uint64_t id = space != 0 ? space->id : 0;
    lock_release(&list.lock);
    return id;
}

static void space_settle(struct space *space, void *unused) {
    (void)unused;
    lock_acquire(&space->lock);
    lock_release(&space->lock);
}

void space_list_settle(void) {
    uint64_t id = 0;
    while ((id = space_list_visit(id, space_settle, 0)) != 0)
        continue;
}

// ---- pages of paged memory ----

struct protecting {
    struct memory *memory;
    uint64_t offset; // of the page, in bytes
};

static void area_protect(struct space *space, const struct area *area, uint64_t address) {
    uint64_t *slot = page_table_slot_if_there(&space->table, address);
    if (slot == 0 || !page_slot_allows(slot, true, false))
        return;
    page_slot_fill(slot, page_slot_physical(slot),
                   (space_page_flags(area) | PAGE_OF_MEMORY) & ~(uint32_t)PAGE_WRITABLE);
    page_table_flush(&space->table, address, address + PAGE_SIZE);
}

static void space_protect_page(struct space *space, void *argument) {
    const struct protecting *what = argument;
    lock_acquire(&space->lock);
    for (struct area *area = area_from(&space->areas, 0); area != 0; area = area_after(area)) {
        bool has_it = area->memory == what->memory && area->kind == AREA_SHARED && what->offset >= area->offset &&
                      what->offset - area->offset < area->end - area->base;
        if (has_it)
            area_protect(space, area, area->base + (what->offset - area->offset));
    }
    lock_release(&space->lock);
}

void space_write_protect_everywhere(struct memory *memory, uint64_t page) {
    struct protecting what = {memory, page * PAGE_SIZE};
    uint64_t id = 0;
    while ((id = space_list_visit(id, space_protect_page, &what)) != 0)
        continue;
}

// ---- pages that are dropped ----

struct forgetting {
    struct memory *memory;
    uint64_t offset, end; // in bytes
};

// The part of an area that shows what is forgotten: bounds in the space. False: none.
static bool area_shows(const struct area *area, const struct forgetting *what, uint64_t *from, uint64_t *until) {
    if (area->memory != what->memory || (area->kind != AREA_SHARED && area->kind != AREA_COPY))
        return false;
    uint64_t area_end = area->offset + (area->end - area->base);
    uint64_t first = what->offset > area->offset ? what->offset : area->offset;
    uint64_t last = what->end < area_end ? what->end : area_end;
    *from = area->base + (first - area->offset);
    *until = area->base + (last - area->offset);
    return first < last;
}

// Pages that a private copy has of its own stay.
static void slot_forget(uint64_t *slot, struct page_batch *batch) {
    uint32_t flags = slot != 0 ? page_slot_flags(slot) : 0;
    if (!(flags & PAGE_OF_MEMORY) || (flags & PAGE_NO_FRAME))
        return;
    batch->pages[batch->count++] = (struct page_cleared){.physical = page_slot_physical(slot), .flags = flags};
    page_slot_clear(slot);
}

static void area_forget(struct space *space, const struct area *area, const struct forgetting *what) {
    struct page_batch batch;
    uint64_t from, until;
    batch.count = 0;
    if (!area_shows(area, what, &from, &until))
        return;
    for (uint64_t address = from; address < until; address += PAGE_SIZE)
        slot_forget(page_table_slot_if_there(&space->table, address), &batch);
    if (batch.count == 0)
        return;
    page_table_flush(&space->table, from, until);
    space_release_pages(space, what->memory, &batch);
}

static void space_forget_pages(struct space *space, void *argument) {
    lock_acquire(&space->lock);
    for (struct area *area = area_from(&space->areas, 0); area != 0; area = area_after(area))
        area_forget(space, area, argument);
    lock_release(&space->lock);
}

void space_forget_everywhere(struct memory *memory, uint64_t page, uint64_t count) {
    struct forgetting what = {memory, page * PAGE_SIZE, (page + count) * PAGE_SIZE};
    uint64_t id = 0;
    while ((id = space_list_visit(id, space_forget_pages, &what)) != 0)
        continue;
}
