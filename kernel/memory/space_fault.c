// What a touch of a page does: for each kind of area its own way to a frame.
#include <arch/alias.h>

#include "kernel/abi/link.h"
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"
#include "kernel/memory/swap.h"
#include "kernel/thread/processor.h"

enum { DEVICE_AHEAD = 16 }; // pages of device memory mapped by one fault

uint32_t space_page_flags(const struct area *area) {
    static const uint32_t caching_flags[] = {
        [RANGE_UNCACHED] = PAGE_UNCACHED, [RANGE_WRITE_COMBINING] = PAGE_WRITE_COMBINING, [RANGE_CACHED] = 0};
    if (area->protection == PROTECTION_NONE)
        return PAGE_HELD;
    uint32_t flags = area->protection & PROTECTION_WRITE ? PAGE_WRITABLE : 0;
    flags |= area->protection & PROTECTION_EXECUTE ? PAGE_EXECUTABLE : 0;
    if (__builtin_expect(area->kind == AREA_DEVICE, 0))
        flags |= PAGE_NO_FRAME | caching_flags[area->caching];
    return flags;
}

static inline void slot_fill(struct space *space, uint64_t *slot, uint64_t physical, uint32_t flags) {
    page_slot_fill(slot, physical, flags);
    __atomic_fetch_add(&space->resident, 1, __ATOMIC_RELAXED);
}

static enum status anonymous_page(struct space *space, struct area *area, uint64_t address, bool write,
                                  uint64_t *slot) {
    uint64_t physical;
    enum status status = frame_allocate(space->account, FRAME_ZEROED | FRAME_SPARING, &physical);
    if (__builtin_expect(status != STATUS_OK, 0))
        return space_note_room(space, status);
    slot_fill(space, slot, physical, space_page_flags(area));
    return STATUS_OK;
}

// What a source has to bring first.
__attribute__((noinline, cold)) static enum status absent_note(struct space *space, const struct area *area,
                                                               uint64_t address) {
    space->absent = area->memory;
    space->absent_page = space_memory_index(area, address);
    return STATUS_WOULD_WAIT;
}

// The flags of a page that came from a source: its first write faults, so that the source can know which were written.
__attribute__((noinline, cold)) static uint32_t sourced_flags(const struct area *area, uint64_t address, bool write) {
    uint32_t flags = space_page_flags(area) | PAGE_OF_MEMORY;
    if (!write)
        return flags & ~(uint32_t)PAGE_WRITABLE;
    memory_note_written(area->memory, space_memory_index(area, address));
    return flags;
}

// Of memory of which pages were lent: one that may be is read-only until it is written to. WOULD_WAIT: it has to be owned first.
__attribute__((noinline, cold)) static enum status lent_page(struct space *space, const struct area *area,
                                                             uint64_t address, bool write, uint64_t *slot) {
    uint64_t physical, page = space_memory_index(area, address);
    if (write && !memory_page_claim(area->memory, page, 0))
        return absent_note(space, area, address);
    enum status status = memory_page(area->memory, page, &physical);
    uint32_t flags = space_page_flags(area) | PAGE_OF_MEMORY;
    if (status == STATUS_OK)
        slot_fill(space, slot, physical, write ? flags : flags & ~(uint32_t)PAGE_WRITABLE);
    return status;
}

static inline bool has_lent(const struct area *area) {
    return __builtin_expect(__atomic_load_n(&area->memory->has_lent, __ATOMIC_ACQUIRE), 0);
}

static enum status shared_page(struct space *space, struct area *area, uint64_t address, bool write, uint64_t *slot) {
    uint64_t physical;
    if (has_lent(area))
        return lent_page(space, area, address, write, slot);
    enum status status = memory_page(area->memory, space_memory_index(area, address), &physical);
    if (status == STATUS_OK && __builtin_expect(area->memory->source != 0, 0))
        slot_fill(space, slot, physical, sourced_flags(area, address, write));
    else if (status == STATUS_OK)
        slot_fill(space, slot, physical, space_page_flags(area) | PAGE_OF_MEMORY);
    return __builtin_expect(status == STATUS_WOULD_WAIT, 0) ? absent_note(space, area, address) : status;
}

// A page of the space's own with what the memory's page holds; `from` 0: zeros.
static enum status private_copy(struct space *space, uint64_t from, uint64_t *physical) {
    enum status status = frame_allocate(space->account, FRAME_SPARING | (from == 0 ? FRAME_ZEROED : 0), physical);
    if (__builtin_expect(status != STATUS_OK, 0))
        return space_note_room(space, status);
    if (from != 0)
        memcpy(alias_pointer(*physical), alias_pointer(from), PAGE_SIZE);
    return STATUS_OK;
}

// Untouched: a reader sees the memory's page, a writer gets its own at once.
static enum status copy_page(struct space *space, struct area *area, uint64_t address, bool write, uint64_t *slot) {
    uint64_t page = space_memory_index(area, address);
    uint64_t physical;
    if (!write) {
        enum status status = memory_page(area->memory, page, &physical);
        if (status == STATUS_OK)
            slot_fill(space, slot, physical, (space_page_flags(area) & ~(uint32_t)PAGE_WRITABLE) | PAGE_OF_MEMORY);
        return status == STATUS_WOULD_WAIT ? absent_note(space, area, address) : status;
    }
    uint64_t from = memory_page_if_there(area->memory, page);
    if (from == 0 && area->memory->source != 0)
        return absent_note(space, area, address);
    enum status status = private_copy(space, from, &physical);
    if (from != 0)
        frame_release(area->memory->object.account, from);
    if (status == STATUS_OK)
        slot_fill(space, slot, physical, space_page_flags(area));
    return status;
}

static enum status device_page(struct space *space, struct area *area, uint64_t address, bool write, uint64_t *slot) {
    uint64_t physical = area->offset + (address - area->base);
    uint64_t pages = (area->end - address) >> PAGE_SHIFT;
    uint64_t count = page_slot_run(address) < pages ? page_slot_run(address) : pages;
    for (uint64_t i = 0; i < count && i < DEVICE_AHEAD; i++)
        if (page_slot_is_empty(&slot[i]))
            page_slot_fill(&slot[i], physical + i * PAGE_SIZE, space_page_flags(area));
    return STATUS_OK;
}

// Nothing was received there.
static enum status window_page(struct space *space, struct area *area, uint64_t address, bool write, uint64_t *slot) {
    return STATUS_BAD_ADDRESS;
}

// By enum area_kind: fills the empty slot of a page.
static enum status (*const page_makers[AREA_KIND_COUNT])(struct space *, struct area *, uint64_t, bool, uint64_t *) = {
    [AREA_ANONYMOUS] = anonymous_page, [AREA_SHARED] = shared_page, [AREA_COPY] = copy_page,
    [AREA_DEVICE] = device_page,       [AREA_WINDOW] = window_page,
};

// The first write to a page that still shows the memory's: it becomes the space's own.
static enum status copy_written(struct space *space, struct area *area, uint64_t address, uint64_t *slot) {
    uint64_t old = page_slot_physical(slot);
    uint64_t physical;
    enum status status = private_copy(space, old, &physical);
    if (status != STATUS_OK)
        return status;
    page_slot_fill(slot, physical, space_page_flags(area));
    page_table_flush(&space->table, address, address + PAGE_SIZE);
    frame_release(area->memory->object.account, old);
    return STATUS_OK;
}

// A write to a page of memory of which pages were lent. WOULD_WAIT: the page has to be owned first.
__attribute__((noinline, cold)) static enum status lent_written(struct space *space, const struct area *area,
                                                                uint64_t address, uint64_t *slot) {
    uint64_t physical = page_slot_physical(slot);
    if (!memory_page_claim(area->memory, space_memory_index(area, address), physical))
        return absent_note(space, area, address);
    page_slot_fill(slot, physical, space_page_flags(area) | PAGE_OF_MEMORY);
    page_table_flush(&space->table, address, address + PAGE_SIZE);
    return STATUS_OK;
}

// The entry is there and the access is allowed, so either it is the first write of a copy, or the entry is looser than what this
// CPU remembers.
static enum status present_page(struct space *space, struct area *area, uint64_t address, bool write, uint64_t *slot) {
    if (__builtin_expect(page_slot_is_marked(slot), 0))
        return space_fault_marked(space, area, address, write, slot);
    if (write && area->kind == AREA_COPY && (page_slot_flags(slot) & PAGE_OF_MEMORY))
        return copy_written(space, area, address, slot);
    if (write && area->kind == AREA_SHARED && has_lent(area))
        return lent_written(space, area, address, slot);
    if (write && area->kind == AREA_SHARED && area->memory->source != 0)
        page_slot_fill(slot, page_slot_physical(slot), sourced_flags(area, address, true));
    page_table_flush(&space->table, address, address + PAGE_SIZE);
    return STATUS_OK;
}

enum status space_fault_locked(struct space *space, uint64_t address, enum fault_access access, uint64_t **slot) {
    static const uint8_t needed[] = {
        [FAULT_READ] = PROTECTION_READ, [FAULT_WRITE] = PROTECTION_WRITE, [FAULT_EXECUTE] = PROTECTION_EXECUTE};
    address &= ~(uint64_t)(PAGE_SIZE - 1);
    struct area *area = space_find_area(space, address);
    if (area == 0 || !(area->protection & needed[access]))
        return STATUS_BAD_ADDRESS;
    enum status status = page_table_slot(&space->table, address, slot);
    if (status != STATUS_OK)
        return status;
    if (page_slot_is_empty(*slot))
        return page_makers[area->kind](space, area, address, access == FAULT_WRITE, *slot);
    return present_page(space, area, address, access == FAULT_WRITE, *slot);
}

__attribute__((noinline, cold)) enum status space_absent_await(struct space *space, enum fault_access access) {
    struct memory *memory = space->absent;
    uint64_t page = space->absent_page;
    bool is_room = page == memory->pages;
    object_retain(&memory->object);
    lock_release(&space->lock);
    enum status status = memory_await(memory, page, is_room ? LINK_FAULT_ROOM : access);
    if (is_room)
        status = swap_room_answer(memory, status);
    object_release(&memory->object);
    return status;
}

// From the first time on that it must wait; the space's lock is held, and free behind it.
__attribute__((noinline, cold)) static enum status fault_waiting(struct space *space, uint64_t address,
                                                                 enum fault_access access) {
    uint64_t *slot;
    for (;;) {
        enum status status = space_absent_await(space, access);
        if (status != STATUS_OK)
            return status;
        lock_acquire(&space->lock);
        status = space_fault_locked(space, address, access, &slot);
        if (status == STATUS_WOULD_WAIT)
            continue;
        lock_release(&space->lock);
        return status;
    }
}

enum status space_fault(struct space *space, uint64_t address, enum fault_access access) {
    uint64_t *slot;
    lock_acquire(&space->lock);
    enum status status = space_fault_locked(space, address, access, &slot);
    if (__builtin_expect(status == STATUS_WOULD_WAIT, 0))
        return fault_waiting(space, address, access);
    lock_release(&space->lock);
    return status;
}

enum status space_fault_at_once(struct space *space, uint64_t address, enum fault_access access) {
    uint64_t *slot;
    lock_acquire(&space->lock);
    enum status status = space_fault_locked(space, address, access, &slot);
    lock_release(&space->lock);
    return status;
}

enum status space_write(struct space *space, uint64_t address, const void *from, size_t size) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK && size > 0) {
        size_t rest = PAGE_SIZE - address % PAGE_SIZE;
        size_t part = size < rest ? size : rest;
        uint64_t *slot;
        lock_acquire(&space->lock);
        status = space_fault_locked(space, address, FAULT_WRITE, &slot);
        if (status == STATUS_WOULD_WAIT) {
            status = space_absent_await(space, FAULT_WRITE);
            continue;
        }
        if (status == STATUS_OK)
            memcpy((char *)alias_pointer(page_slot_physical(slot)) + address % PAGE_SIZE, from, part);
        lock_release(&space->lock);
        address += part;
        from = (const char *)from + part;
        size -= part;
    }
    return status;
}

enum status space_futex_key(struct space *space, uint64_t address, struct object **object, uint64_t *key) {
    uint64_t *slot;
    enum status status = STATUS_OK;
    lock_acquire(&space->lock);
    struct area *area = space_find_area(space, address);
    if (area == 0 || !(area->protection & PROTECTION_READ))
        status = STATUS_BAD_ADDRESS;
    if (status == STATUS_OK)
        status = page_table_slot(&space->table, address, &slot);
    if (status == STATUS_OK && page_slot_is_empty(slot))
        status = space_fault_locked(space, address, FAULT_READ, &slot);
    if (status == STATUS_WOULD_WAIT)
        status = STATUS_OK; // who reads the word waits for the page
    bool shared = status == STATUS_OK && area->kind == AREA_SHARED;
    *object = shared ? object_retain(&area->memory->object) : 0;
    *key = shared ? area->offset + (address - area->base) : address;
    lock_release(&space->lock);
    return status;
}
