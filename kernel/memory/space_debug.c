// A debugger's view of another process's address space: pages found, or made, and copied through the alias.
#include "kernel/memory/space_debug.h"

#include <arch/alias.h>

#include "kernel/abi/link.h"
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"
#include "kernel/memory/swap.h"

// Bytes of one page: those to be read to `to`, or written from `from`.
struct space_part {
    void *to;
    const void *from;
    size_t size;
    bool writes;
};

static enum status absence_note(struct space *space, struct space_absence *absence) {
    *absence = (struct space_absence){.memory = space->absent, .page = space->absent_page};
    object_retain(&absence->memory->object);
    return STATUS_WOULD_WAIT;
}

enum status space_debug_await(struct space_absence *absence) {
    struct memory *memory = absence->memory;
    bool is_room = absence->page == memory->pages;
    enum status status = memory_await(memory, absence->page, is_room ? LINK_FAULT_ROOM : FAULT_READ);
    if (is_room)
        status = swap_room_answer(memory, status);
    object_release(&memory->object);
    return status;
}

// An access that the area allows; false: it allows none, or looking is already doing something.
static bool access_choose(const struct area *area, bool write, enum fault_access *access) {
    if (area->protection == PROTECTION_NONE || area->kind == AREA_DEVICE)
        return false;
    *access = area->protection & PROTECTION_READ ? FAULT_READ : FAULT_EXECUTE;
    if ((write && (area->protection & PROTECTION_WRITE)) || area->protection == PROTECTION_WRITE)
        *access = FAULT_WRITE;
    return true;
}

// Whether the process may have a page of its own there, which only a debugger writes to. What others can still change must stay theirs.
static bool can_be_own(const struct area *area, const uint64_t *slot) {
    bool is_of_memory = page_slot_flags(slot) & PAGE_OF_MEMORY;
    return !page_slot_is_marked(slot) &&
           !(is_of_memory && area->kind == AREA_SHARED && !memory_is_sealed(area->memory));
}

static void old_release(struct space *space, const struct area *area, uint64_t physical, bool is_of_memory) {
    if (is_of_memory)
        frame_release(area->memory->object.account, physical);
    else
        frame_release_own(space->account, physical);
}

// The page may be executed meanwhile: a CPU sees either the old one or the new one, whole.
static enum status page_replace(struct space *space, const struct area *area, uint64_t address, uint64_t *slot,
                                const struct space_part *part) {
    uint64_t physical, old = page_slot_physical(slot), page = address & ~(uint64_t)(PAGE_SIZE - 1);
    bool is_of_memory = page_slot_flags(slot) & PAGE_OF_MEMORY;
    uint32_t flags = (page_slot_flags(slot) & ~(uint32_t)PAGE_OF_MEMORY) |
                     (area->protection & PROTECTION_EXECUTE ? PAGE_EXECUTABLE : 0);
    if (!can_be_own(area, slot))
        return STATUS_NO_RIGHT;
    enum status status = frame_allocate(space->account, 0, &physical);
    if (status != STATUS_OK)
        return status;
    memcpy(alias_pointer(physical), alias_pointer(old), PAGE_SIZE);
    memcpy((char *)alias_pointer(physical) + address % PAGE_SIZE, part->from, part->size);
    page_slot_fill(slot, physical, flags);
    page_table_flush(&space->table, page, page + PAGE_SIZE);
    old_release(space, area, old, is_of_memory);
    return STATUS_OK;
}

static enum status page_access(struct space *space, uint64_t address, const struct space_part *part) {
    enum fault_access access;
    uint64_t *slot;
    struct area *area = area_from(&space->areas, address);
    if (address >= USER_HIGHEST || area == 0 || area->base > address || !access_choose(area, part->writes, &access))
        return STATUS_BAD_ADDRESS;
    enum status status = space_fault_locked(space, address, access, &slot);
    if (status != STATUS_OK)
        return status;
    char *place = (char *)alias_pointer(page_slot_physical(slot)) + address % PAGE_SIZE;
    if (!part->writes)
        memcpy(part->to, place, part->size);
    else if (access == FAULT_WRITE)
        memcpy(place, part->from, part->size);
    else
        return page_replace(space, area, address, slot, part);
    return STATUS_OK;
}

static enum status access_locked(struct space *space, uint64_t address, const struct space_part *part,
                                 struct space_absence *absence) {
    assert_debug(address % PAGE_SIZE + part->size <= PAGE_SIZE);
    lock_acquire(&space->lock);
    enum status status = page_access(space, address, part);
    if (status == STATUS_WOULD_WAIT)
        status = absence_note(space, absence);
    lock_release(&space->lock);
    return status;
}

enum status space_peek(struct space *space, uint64_t address, void *to, size_t size, struct space_absence *absence) {
    struct space_part part = {.to = to, .size = size};
    return access_locked(space, address, &part, absence);
}

enum status space_poke(struct space *space, uint64_t address, const void *from, size_t size,
                       struct space_absence *absence) {
    struct space_part part = {.from = from, .size = size, .writes = true};
    return access_locked(space, address, &part, absence);
}
