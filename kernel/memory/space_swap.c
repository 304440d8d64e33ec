// Pages that go out to the swap area, and come back: the clock hand over all address spaces, and the fault on a page that is away.
#include <arch/alias.h>

#include "kernel/memory/frame.h"
#include "kernel/memory/space_layout.h"
#include "kernel/memory/swap.h"
#include "kernel/memory/swap_place.h"
#include "kernel/object/account.h"
#include "kernel/thread/scheduler.h"

enum { LAPS_MAX = 3, TABLES_MAX = 4 }; // rounds of the hand for one page; tables looked through under a space's lock

// Where the hand stands. Under the lock of the list of spaces.
static struct {
    uint64_t space; // id
    uint64_t address;
} hand;

struct search {
    enum status status; // NOTHING: go on
    uint64_t place, physical;
};

// ---- out ----

static bool area_is_swapped(const struct area *area) {
    return area->kind == AREA_ANONYMOUS || area->kind == AREA_COPY;
}

// The page is nowhere else: its program is charged for it still.
static void page_take_out(struct space *space, uint64_t address, uint64_t *slot, struct search *search) {
    uint64_t physical = page_slot_physical(slot);
    if (frame_references(physical) != 1)
        return; // somebody looks at it
    search->status = swap_place_take(&search->place);
    if (search->status != STATUS_OK)
        return;
    page_slot_set_away(slot, search->place);
    page_table_flush(&space->table, address, address + PAGE_SIZE);
    __atomic_fetch_sub(&space->resident, 1, __ATOMIC_RELAXED);
    search->physical = physical;
}

// A part of one area from `address` on; where to go on.
static uint64_t area_search(struct space *space, const struct area *area, uint64_t address, struct search *search) {
    uint64_t *slot;
    if (!area_is_swapped(area))
        return area->end;
    address = page_table_find_idle(&space->table, address > area->base ? address : area->base, area->end, &slot);
    if (slot != 0)
        page_take_out(space, address - PAGE_SIZE, slot, search);
    return address;
}

// Moves the hand on in one space, or behind it.
static void space_search(struct space *space, void *argument) {
    struct search *search = argument;
    uint64_t address = hand.space == space->id ? hand.address : 0;
    struct area *area = 0;
    lock_acquire(&space->lock);
    for (uint32_t tables = 0; tables < TABLES_MAX && search->status == STATUS_NOTHING; tables++) {
        area = space->account->swapped ? area_from(&space->areas, address) : 0;
        if (area == 0)
            break;
        address = area_search(space, area, address, search);
    }
    lock_release(&space->lock);
    hand.space = area != 0 ? space->id : space->id + 1;
    hand.address = area != 0 ? address : 0;
}

enum status swap_take_out(uint64_t *place, uint64_t *physical) {
    struct search search = {.status = STATUS_NOTHING};
    for (uint32_t laps = 0; laps < LAPS_MAX && search.status == STATUS_NOTHING;) {
        uint64_t at = __atomic_load_n(&hand.space, __ATOMIC_RELAXED);
        if (space_list_visit(at != 0 ? at - 1 : 0, space_search, &search) == 0) {
            __atomic_store_n(&hand.space, 0, __ATOMIC_RELAXED);
            laps++;
        }
        scheduler_preemption_point();
    }
    *place = search.place;
    *physical = search.physical;
    return search.status;
}

// ---- back ----

enum status space_fault_away(struct space *space, const struct area *area, uint64_t *slot) {
    struct memory *memory = swap_memory();
    uint64_t physical, place = page_slot_physical(slot) >> PAGE_SHIFT;
    if (swap_place_is_lost(place)) // asked behind that: a new area and what is lost come in one step
        return STATUS_PEER_DIED;
    if (memory_page_take(memory, place, &physical) != STATUS_OK) {
        space->absent = memory;
        space->absent_page = place;
        return STATUS_WOULD_WAIT;
    }
    account_discharge(memory->object.account, ACCOUNT_MEMORY_PAGES, 1); // the space's is charged already
    page_slot_fill(slot, physical, space_page_flags(area));
    __atomic_fetch_add(&space->resident, 1, __ATOMIC_RELAXED);
    swap_place_free(place);
    return STATUS_OK;
}

void space_forget_away(struct space *space, uint64_t place) {
    struct memory *memory = swap_hold();
    uint64_t physical;
    account_discharge(space->account, ACCOUNT_MEMORY_PAGES, 1);
    if (!swap_place_is_lost(place) && memory_page_take(memory, place, &physical) == STATUS_OK)
        frame_release(memory->object.account, physical); // it had come for who has gone since
    swap_place_free(place);
    object_release(&memory->object);
}

enum status space_note_room(struct space *space, enum status status) {
    struct memory *memory = swap_memory();
    if (status != STATUS_NO_MEMORY || !space->account->swapped || memory == 0 || memory->dead)
        return status;
    space->absent = memory;
    space->absent_page = swap_room(memory);
    return STATUS_WOULD_WAIT;
}
