// Kernel stacks: slots of eight pages in a region of their own, the lower four left unmapped, so that an overflow faults.
//
// A number of stacks given back stay mapped, on a list through their first words: a thread's birth and death then need no
// page table work and no flush on other CPUs.
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/page_entry.h"
#include "kernel/base/assert.h"
#include "kernel/memory/frame.h"
#include "kernel/object/account.h"
#include "kernel/sync/lock.h"

enum {
    STACK_PAGES = KERNEL_STACK_SIZE / PAGE_SIZE,
    SLOT_SIZE = 2 * KERNEL_STACK_SIZE,
    SLOT_COUNT = 1 << 15,
    KEPT_MAX = 16,
};

static struct lock stack_lock = LOCK_INITIAL(RANK_HEAP);
static uint64_t kept;                        // [stack_lock] base of the first, 0: none
static uint32_t kept_count;                  // [stack_lock]
static uint64_t slots_used[SLOT_COUNT / 64]; // [stack_lock] a bit per slot
static uint32_t slot_hint;                   // [stack_lock] no word below it has a free slot

static uint64_t kept_take(void) {
    lock_acquire(&stack_lock);
    uint64_t base = kept;
    if (base != 0) {
        kept = *(uint64_t *)base;
        kept_count--;
    }
    lock_release(&stack_lock);
    return base;
}

static bool kept_give(uint64_t base) {
    lock_acquire(&stack_lock);
    bool room = kept_count < KEPT_MAX;
    if (room) {
        *(uint64_t *)base = kept;
        kept = base;
        kept_count++;
    }
    lock_release(&stack_lock);
    return room;
}

// 0: all slots are in use.
static uint64_t slot_take(void) {
    uint64_t base = 0;
    lock_acquire(&stack_lock);
    while (slot_hint < SLOT_COUNT / 64 && slots_used[slot_hint] == UINT64_MAX)
        slot_hint++;
    if (slot_hint < SLOT_COUNT / 64) {
        uint32_t bit = (uint32_t)__builtin_ctzll(~slots_used[slot_hint]);
        slots_used[slot_hint] |= UINT64_C(1) << bit;
        base = KERNEL_STACK_REGION + (uint64_t)(slot_hint * 64 + bit) * SLOT_SIZE + KERNEL_STACK_SIZE;
    }
    lock_release(&stack_lock);
    return base;
}

static void slot_give(uint64_t base) {
    uint32_t slot = (uint32_t)((base - KERNEL_STACK_REGION) / SLOT_SIZE);
    lock_acquire(&stack_lock);
    slots_used[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    if (slot / 64 < slot_hint)
        slot_hint = slot / 64;
    lock_release(&stack_lock);
}

// Unmaps the lower `count` pages of a stack, and gives its place back.
static void stack_unmake(uint64_t base, uint32_t count) {
    uint64_t frames[STACK_PAGES];
    for (uint32_t i = 0; i < count; i++)
        frames[i] = kernel_unmap_page(base + i * PAGE_SIZE);
    page_table_flush(0, base, base + KERNEL_STACK_SIZE);
    for (uint32_t i = 0; i < count; i++)
        frame_release(0, frames[i]);
    slot_give(base);
}

static enum status stack_make(uint64_t *base) {
    *base = slot_take();
    if (*base == 0)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < STACK_PAGES; i++) {
        uint64_t frame;
        // Zeroed: a stack shows no old bytes; and an emulator is slow in pages of which a part once held code.
        enum status status = frame_allocate(0, FRAME_ZEROED, &frame);
        if (status == STATUS_OK) {
            status = kernel_map_page(*base + i * PAGE_SIZE, frame, PAGE_WRITABLE);
            if (status != STATUS_OK)
                frame_release(0, frame);
        }
        if (status != STATUS_OK) {
            stack_unmake(*base, i);
            return status;
        }
    }
    return STATUS_OK;
}

enum status kernel_stack_create(struct account *account, uint64_t *base) {
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, STACK_PAGES);
    if (status != STATUS_OK)
        return status;
    *base = kept_take();
    if (*base != 0)
        return STATUS_OK;
    status = frame_is_plenty(account) ? stack_make(base) : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        account_discharge(account, ACCOUNT_MEMORY_PAGES, STACK_PAGES);
    return status;
}

void kernel_stack_destroy(struct account *account, uint64_t base) {
    account_discharge(account, ACCOUNT_MEMORY_PAGES, STACK_PAGES);
    if (!kept_give(base))
        stack_unmake(base, STACK_PAGES);
}

bool kernel_stack_is_guard(uint64_t address) {
    if (address < KERNEL_STACK_REGION || address >= KERNEL_STACK_REGION + (uint64_t)SLOT_COUNT * SLOT_SIZE)
        return false;
    return (address - KERNEL_STACK_REGION) % SLOT_SIZE < KERNEL_STACK_SIZE;
}
