// How the store of frames comes to be: where its bookkeeping lies, which memory it gets, and which physical ranges are ours.
#include "kernel/memory/frame_start.h"

#include <arch/alias.h>

#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/frame.h"

enum { EXCLUDED_MAX = 16, RESERVE_SHARE = 64 };

static struct boot_range excluded[EXCLUDED_MAX];
static uint32_t excluded_count;
static struct boot_range bookkeeping; // where the array of struct frame lies

// One above the highest frame of RAM, as far as the array can count.
static uint32_t frame_limit(const struct boot_range *memory, uint32_t count) {
    uint64_t highest = 0;
    for (uint32_t i = 0; i < count; i++)
        if (memory[i].base + memory[i].size > highest)
            highest = memory[i].base + memory[i].size;
    uint64_t limit = highest >> PAGE_SHIFT;
    return limit < BUDDY_FRAMES_MAX ? (uint32_t)limit : BUDDY_FRAMES_MAX;
}

// The bookkeeping lies at the start of the first range that has room for it and can be touched already.
static struct boot_range bookkeeping_place(const struct boot_range *usable, uint32_t count, uint64_t size) {
    for (uint32_t i = 0; i < count; i++)
        if (usable[i].size >= size && usable[i].base + size <= EARLY_ALIAS_SIZE)
            return (struct boot_range){usable[i].base, size};
    panic("expected %llu bytes of memory below 1 GiB for the frames' bookkeeping, found no such range",
          (unsigned long long)size);
}

// Frees what of [base, end) the array counts and the bookkeeping does not cover.
static void add_range(uint64_t base, uint64_t end) {
    uint64_t limit = (uint64_t)frame_store.buddy.count << PAGE_SHIFT;
    if (end > limit)
        end = limit;
    if (base == bookkeeping.base)
        base += bookkeeping.size;
    if (base >= end)
        return;
    buddy_add(&frame_store.buddy, (uint32_t)(base >> PAGE_SHIFT), (uint32_t)((end - base) >> PAGE_SHIFT));
    frame_store.total += (end - base) >> PAGE_SHIFT;
    frame_store.reserve = frame_store.total / RESERVE_SHARE;
}

void frame_start(const struct boot_range *usable, uint32_t count) {
    uint32_t limit = frame_limit(boot_information.memory, boot_information.memory_count);
    uint64_t size = ((uint64_t)limit * sizeof(struct frame) + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    bookkeeping = bookkeeping_place(usable, count, size);
    struct frame *frames = alias_pointer(bookkeeping.base);
    memset(frames, 0, size);
    buddy_start(&frame_store.buddy, frames, limit);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t end = usable[i].base + usable[i].size;
        add_range(usable[i].base, end < EARLY_ALIAS_SIZE ? end : EARLY_ALIAS_SIZE);
    }
}

void frame_start_rest(const struct boot_range *usable, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint64_t base = usable[i].base;
        add_range(base > EARLY_ALIAS_SIZE ? base : EARLY_ALIAS_SIZE, base + usable[i].size);
    }
}

void frame_adopt(uint64_t physical, uint64_t count) {
    uint64_t first = physical >> PAGE_SHIFT;
    assert(first + count <= frame_store.buddy.count);
    for (uint64_t index = first; index < first + count; index++) {
        struct frame *frame = &frame_store.buddy.frames[index];
        assert(frame->state == FRAME_INSIDE);
        frame->state = FRAME_USED;
        frame->order = 0;
        frame->references = 1;
    }
    frame_store.total += count;
    __atomic_fetch_add(&frame_store.kernel, count, __ATOMIC_RELAXED);
}

void frame_exclude(uint64_t physical, uint64_t size) {
    assert(excluded_count < EXCLUDED_MAX);
    excluded[excluded_count++] = (struct boot_range){physical, size};
}

static bool overlaps_any(const struct boot_range *ranges, uint32_t count, uint64_t base, uint64_t end) {
    for (uint32_t i = 0; i < count; i++)
        if (base < ranges[i].base + ranges[i].size && ranges[i].base < end)
            return true;
    return false;
}

bool frame_range_is_managed(uint64_t physical, uint64_t size) {
    uint64_t end;
    if (__builtin_add_overflow(physical, size, &end))
        return true;
    return overlaps_any(boot_information.memory, boot_information.memory_count, physical, end) ||
           overlaps_any(excluded, excluded_count, physical, end);
}
