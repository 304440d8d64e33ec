// Taking pages from their sender: first every page is looked at and all that can fail is done, then all are taken.
#include <arch/alias.h>

#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/space_layout.h"
#include "kernel/object/account.h"

struct taking {
    struct space *space; // its lock is held
    struct page_load *load;
    uint32_t way;
    uint64_t from, end; // the bytes, counted from the load's address
    uint32_t unpaid;    // pages out of windows
    bool tightened;     // entries changed that processors may remember
};

static uint64_t page_address(const struct taking *taking, uint32_t i) {
    return taking->load->address + (uint64_t)i * PAGE_SIZE;
}

static bool way_is(const struct taking *taking, uint32_t both) {
    return (taking->way & (PAGES_KEEP | PAGES_DUPLICATE)) == both;
}

// ---- looking ----

// What the page must be made by, before it can be taken: -1 for nothing.
static int fault_needed(const struct taking *taking, const struct area *area, const uint64_t *slot) {
    bool share = way_is(taking, PAGES_KEEP);
    if (page_slot_is_empty(slot) || (page_slot_marks(slot) & MARK_AWAY))
        return share ? FAULT_WRITE : FAULT_READ;
    if (share && (page_slot_marks(slot) & MARK_COPY))
        return FAULT_WRITE;
    bool clean_copy = area->kind == AREA_COPY && (page_slot_flags(slot) & PAGE_OF_MEMORY);
    return clean_copy && !(taking->way & PAGES_DUPLICATE) ? FAULT_WRITE : -1;
}

static enum status slot_may_go(const struct taking *taking, const uint64_t *slot) {
    uint32_t marks = page_slot_marks(slot);
    if (marks & MARK_GONE)
        return STATUS_BAD_ADDRESS;
    if ((page_slot_flags(slot) & PAGE_OF_MEMORY) && !way_is(taking, PAGES_KEEP | PAGES_DUPLICATE))
        return STATUS_INVALID_ARGUMENT;
    if ((marks & MARK_FIXED) && (taking->way & PAGES_WRITE) && !(taking->way & PAGES_DUPLICATE))
        return STATUS_NO_RIGHT;
    return STATUS_OK;
}

static enum status page_look(struct taking *taking, uint32_t i, struct area **area, uint64_t **slot) {
    struct space *space = taking->space;
    uint64_t address = page_address(taking, i);
    uint8_t needed = way_is(taking, PAGES_KEEP) ? PROTECTION_READ | PROTECTION_WRITE : PROTECTION_READ;
    *area = space_find_area(space, address);
    if (*area == 0 || ((*area)->protection & needed) != needed)
        return STATUS_BAD_ADDRESS;
    if ((*area)->kind == AREA_DEVICE)
        return STATUS_INVALID_ARGUMENT;
    enum status status = page_table_slot(&space->table, address, slot);
    if (status != STATUS_OK)
        return status;
    int fault = fault_needed(taking, *area, *slot);
    if (fault >= 0)
        status = space_fault_locked(space, address, (enum fault_access)fault, slot);
    return status == STATUS_OK ? slot_may_go(taking, *slot) : status;
}

// Apart, so that the short ways do not carry it: the load's own page with the bytes from `from` to `end` of it, and zeros.
__attribute__((noinline)) static enum status page_copy(struct taking *taking, uint32_t i, uint64_t physical,
                                                       uint64_t from, uint64_t end) {
    uint64_t copy;
    bool part = from != 0 || end != PAGE_SIZE;
    enum status status = frame_allocate_charged(taking->load->account, part ? FRAME_ZEROED : 0, &copy);
    if (status != STATUS_OK)
        return status;
    memcpy((char *)alias_pointer(copy) + from, (char *)alias_pointer(physical) + from, end - from);
    taking->load->pages[i] = copy;
    return STATUS_OK;
}

// A frame that others may write to cannot be kept as it is by copying when written; nor can a memory object's, but where this area alone
// writes to it: then it is lent (kernel/memory/memory.h).
static bool must_be_copied(const struct area *area, uint64_t address, const uint64_t *slot) {
    if (!(page_slot_flags(slot) & PAGE_OF_MEMORY))
        return page_slot_marks(slot) & MARK_SHARED;
    return !area->memory->sealed &&
           (area->kind != AREA_SHARED ||
            !memory_page_lend(area->memory, space_memory_index(area, address), space_area_is_writer(area)));
}

static enum status page_prepare(struct taking *taking, uint32_t i) {
    struct area *area;
    uint64_t *slot;
    enum status status = page_look(taking, i, &area, &slot);
    if (status != STATUS_OK)
        return status;
    if (page_slot_marks(slot) & MARK_UNPAID)
        taking->unpaid++;
    if (!(taking->way & PAGES_DUPLICATE))
        return STATUS_OK;
    uint64_t base = (uint64_t)i * PAGE_SIZE;
    uint64_t from = taking->from > base ? taking->from - base : 0;
    uint64_t end = taking->end - base < PAGE_SIZE ? taking->end - base : PAGE_SIZE;
    if (from != 0 || end != PAGE_SIZE || must_be_copied(area, page_address(taking, i), slot))
        return page_copy(taking, i, page_slot_physical(slot), from, end);
    return STATUS_OK;
}

// ---- taking ----

static void page_move(struct taking *taking, uint32_t i, uint64_t *slot) {
    uint32_t marks = page_slot_marks(slot);
    taking->load->pages[i] = page_slot_physical(slot) | marks;
    page_slot_set_gone(slot, marks & MARK_UNPAID);
}

static void page_share(struct taking *taking, uint32_t i, uint64_t *slot) {
    uint64_t physical = page_slot_physical(slot);
    uint32_t marks = page_slot_marks(slot) | MARK_SHARED;
    frame_retain(physical);
    page_slot_fill_marked(slot, physical, page_slot_flags(slot), marks);
    taking->load->pages[i] = physical | (marks & (MARK_FIXED | MARK_SHARED));
}

static void page_duplicate(struct taking *taking, uint32_t i, uint64_t *slot) {
    uint64_t physical = page_slot_physical(slot);
    uint32_t flags = page_slot_flags(slot), marks = page_slot_marks(slot);
    frame_retain(physical);
    taking->load->pages[i] = physical | MARK_COPY;
    bool of_memory = flags & PAGE_OF_MEMORY;
    if (of_memory ? !(flags & PAGE_WRITABLE) : (marks & (MARK_COPY | MARK_FIXED)))
        return;
    page_slot_fill_marked(slot, physical, flags & ~(uint32_t)PAGE_WRITABLE, of_memory ? marks : marks | MARK_COPY);
    taking->tightened = true;
}

static void page_take(struct taking *taking, uint32_t i) {
    if (taking->load->pages[i] != 0)
        return; // copied
    uint64_t *slot = page_table_slot_if_there(&taking->space->table, page_address(taking, i));
    if (taking->way & PAGES_DUPLICATE)
        page_duplicate(taking, i, slot);
    else if (taking->way & PAGES_KEEP)
        page_share(taking, i, slot);
    else
        page_move(taking, i, slot);
}

static void flush(const struct taking *taking) {
    uint64_t address = taking->load->address;
    page_table_flush(&taking->space->table, address, address + (uint64_t)taking->load->count * PAGE_SIZE);
}

// Duplicated, and not kept: the sender's pages go, batch by batch, each let go when no processor remembers it.
__attribute__((noinline)) static void originals_drop(struct taking *taking) {
    struct page_batch batch;
    for (uint32_t i = 0; i < taking->load->count;) {
        uint32_t first = i;
        for (batch.count = 0; i < taking->load->count && batch.count < PAGE_BATCH; i++) {
            uint64_t *slot = page_table_slot_if_there(&taking->space->table, page_address(taking, i));
            uint32_t marks = page_slot_marks(slot);
            batch.pages[batch.count++] =
                (struct page_cleared){page_slot_physical(slot), page_slot_flags(slot) | marks << PAGE_MARKS};
            taking->load->pages[i] |= marks & MARK_UNPAID;
            page_slot_set_gone(slot, marks & MARK_UNPAID);
        }
        page_table_flush(&taking->space->table, page_address(taking, first), page_address(taking, i));
        space_release_pages(taking->space, 0, &batch);
    }
    taking->load->left = true;
    taking->load->from_window = taking->unpaid > 0;
    taking->load->charged -= taking->unpaid; // paid for by their places, as those that move
    account_discharge(taking->load->account, ACCOUNT_MEMORY_PAGES, taking->unpaid);
}

// The sender's charge for pages that moved is the load's from here on; those of a window are paid for by their places there, which
// nothing takes before pages_settle or pages_return.
static void moved_note(struct taking *taking) {
    struct page_load *load = taking->load;
    load->charged = load->count - taking->unpaid;
    load->left = true;
    load->from_window = taking->unpaid > 0;
    __atomic_fetch_sub(&taking->space->resident, load->count, __ATOMIC_RELAXED);
    flush(taking);
}

static enum status prepare_all(struct taking *taking) {
    uint32_t count = taking->load->count;
    enum status status = STATUS_OK;
    if (!way_is(taking, PAGES_MOVE)) {
        status = account_charge(taking->load->account, ACCOUNT_MEMORY_PAGES, count);
        taking->load->charged = status == STATUS_OK ? count : 0;
    }
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++)
        status = page_prepare(taking, i);
    return status;
}

static void take_all(struct taking *taking) {
    for (uint32_t i = 0; i < taking->load->count; i++)
        page_take(taking, i);
    if (way_is(taking, PAGES_MOVE))
        moved_note(taking);
    else if (way_is(taking, PAGES_DUPLICATE))
        originals_drop(taking);
    else if (taking->tightened)
        flush(taking);
}

__attribute__((noinline)) static enum status take_many(struct space *space, struct page_load *load, uint32_t way,
                                                       const struct pages_part *part) {
    struct taking taking = {
        .space = space, .load = load, .way = way, .from = part->offset, .end = part->offset + part->bytes};
    enum status status = prepare_all(&taking);
    if (status == STATUS_OK)
        take_all(&taking);
    return status;
}

// One page that is there and simple to move or to duplicate: the common case, in one look. NOTHING: it is not so.
static inline enum status take_single(struct space *space, struct page_load *load, uint32_t way) {
    uint64_t address = load->address;
    uint64_t *slot = page_table_slot_if_there(&space->table, address);
    if (slot == 0 || page_slot_is_empty(slot))
        return STATUS_NOTHING;
    uint32_t marks = page_slot_marks(slot), flags = page_slot_flags(slot);
    if ((marks & (MARK_FIXED | MARK_SHARED | MARK_GONE)) || (flags & (PAGE_OF_MEMORY | PAGE_NO_FRAME | PAGE_HELD)))
        return STATUS_NOTHING;
    bool moves = !(way & (PAGES_KEEP | PAGES_DUPLICATE));
    if (!moves && ((way & (PAGES_KEEP | PAGES_DUPLICATE)) != (PAGES_KEEP | PAGES_DUPLICATE) || !(marks & MARK_COPY)))
        return STATUS_NOTHING;
    enum status status = moves ? STATUS_OK : account_charge(load->account, ACCOUNT_MEMORY_PAGES, 1);
    if (status != STATUS_OK)
        return status;
    load->charged = marks & MARK_UNPAID && moves ? 0 : 1;
    load->pages[0] = page_slot_physical(slot) | (moves ? marks : MARK_COPY);
    if (!moves) {
        frame_retain(page_slot_physical(slot));
        return STATUS_OK;
    }
    load->left = true;
    load->from_window = marks & MARK_UNPAID;
    page_slot_set_gone(slot, marks & MARK_UNPAID);
    __atomic_fetch_sub(&space->resident, 1, __ATOMIC_RELAXED);
    page_table_flush(&space->table, address, address + PAGE_SIZE);
    return STATUS_OK;
}

static void load_empty(struct page_load *load) {
    for (uint32_t i = 0; i < load->count; i++) {
        if (load->pages[i] != 0)
            frame_drop(load->pages[i] & ~(uint64_t)(PAGE_SIZE - 1));
        load->pages[i] = 0;
    }
    account_discharge(load->account, ACCOUNT_MEMORY_PAGES, load->charged);
    load->charged = 0;
}

// A page has to be brought by another program: all is put back, and done anew when it is there. The lock is held, and free behind it.
__attribute__((noinline, cold)) static enum status take_waiting(struct space *space, struct page_load *load,
                                                                uint32_t way, const struct pages_part *part) {
    enum status status = STATUS_WOULD_WAIT;
    while (status == STATUS_WOULD_WAIT) {
        load_empty(load);
        status = space_absent_await(space, FAULT_READ);
        if (status != STATUS_OK)
            return status == STATUS_INTERRUPTED || status == STATUS_NO_MEMORY ? status : STATUS_BAD_ADDRESS;
        lock_acquire(&space->lock);
        status = take_many(space, load, way, part);
    }
    lock_release(&space->lock);
    return status;
}

enum status pages_take(struct space *space, struct page_load *load, uint32_t way, const struct pages_part *part) {
    enum status status = STATUS_NOTHING;
    lock_acquire(&space->lock);
    if (load->count == 1 && part->bytes == PAGE_SIZE)
        status = take_single(space, load, way);
    if (status == STATUS_NOTHING)
        status = take_many(space, load, way, part);
    if (__builtin_expect(status == STATUS_WOULD_WAIT, 0))
        return take_waiting(space, load, way, part);
    lock_release(&space->lock);
    return status;
}
