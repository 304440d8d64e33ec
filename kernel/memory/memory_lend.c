// Pages of a memory object whose frames others hold as they are now, while the object's own users go on to write.
//
// A page that is lent is mapped read-only everywhere. Who writes first, with no other holder there any more, has it back; else the object
// gets another frame with the same bytes, every mapping of the page goes, and the next touch finds the new frame.
#include <arch/alias.h>

#include "kernel/base/string.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space.h"

static inline uint64_t frame_of(uint64_t slot) {
    return slot & ~(uint64_t)(PAGE_SIZE - 1);
}

bool memory_page_lend(struct memory *memory, uint64_t page, uint32_t writers) {
    lock_acquire(&memory->object.lock);
    uint64_t *slot = page < memory->pages ? memory_slot_look(memory, page) : 0;
    bool lends = slot != 0 && memory->source == 0 && memory->part_of == 0 && memory->writable_mappings <= writers;
    if (lends) {
        *slot |= MEMORY_LENT;
        __atomic_store_n(&memory->has_lent, true, __ATOMIC_RELEASE);
    }
    lock_release(&memory->object.lock);
    return lends;
}

bool memory_page_claim(struct memory *memory, uint64_t page, uint64_t mapped) {
    bool claimed = true;
    lock_acquire(&memory->object.lock);
    uint64_t *slot = memory_slot_look(memory, page);
    if (slot != 0 && (*slot & MEMORY_LENT))
        claimed = frame_references(frame_of(*slot)) <= (mapped != 0 ? 2 : 1);
    if (slot == 0 || (mapped != 0 && mapped != frame_of(*slot)))
        claimed = mapped == 0;
    else if (claimed)
        *slot &= ~(uint64_t)MEMORY_LENT;
    lock_release(&memory->object.lock);
    return claimed;
}

// The frame of a page that is lent, with a reference; 0: it is not.
static uint64_t lent_frame(struct memory *memory, uint64_t page) {
    lock_acquire(&memory->object.lock);
    const uint64_t *slot = memory_slot_look(memory, page);
    uint64_t physical = slot != 0 && (*slot & MEMORY_LENT) ? frame_of(*slot) : 0;
    if (physical != 0)
        frame_retain(physical);
    lock_release(&memory->object.lock);
    return physical;
}

static bool frame_exchange(struct memory *memory, uint64_t page, uint64_t old, uint64_t fresh) {
    lock_acquire(&memory->object.lock);
    uint64_t *slot = memory_slot_look(memory, page);
    bool is_it = slot != 0 && *slot == (old | MEMORY_LENT);
    if (is_it)
        *slot = fresh;
    lock_release(&memory->object.lock);
    return is_it;
}

// What is lent does not change, so it is copied without a lock.
enum status memory_page_own(struct memory *memory, uint64_t page) {
    struct account *account = memory->object.account;
    uint64_t fresh, old = lent_frame(memory, page);
    if (old == 0) { // another thread was before: its mappings go, if they have not yet
        space_forget_everywhere(memory, page, 1);
        return STATUS_OK;
    }
    enum status status = frame_allocate(account, 0, &fresh);
    if (status == STATUS_OK) {
        memcpy(alias_pointer(fresh), alias_pointer(old), PAGE_SIZE);
        if (frame_exchange(memory, page, old, fresh)) {
            space_forget_everywhere(memory, page, 1);
            frame_release_own(account, old);
        } else {
            frame_release(account, fresh);
        }
    }
    frame_drop(old);
    return status;
}
