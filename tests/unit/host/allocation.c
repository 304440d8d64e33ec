// The heap, pages and frames of the host: taken from the C library, so that AddressSanitizer watches over each.
#include "tests/unit/host/allocation.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/base/assert.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/heap.h"
#include "kernel/object/account.h"
#include "kernel/thread/processor.h"
#include "tests/unit/host/fiber.h"

static struct {
    size_t blocks, pages;
    uint32_t fail_in; // 0: never
    bool failed;
} allocation;

void allocation_fail_at(uint32_t n) {
    allocation.fail_in = n;
    allocation.failed = false;
}

bool allocation_has_failed(void) {
    allocation.fail_in = 0;
    return allocation.failed;
}

size_t allocation_pages(void) {
    return allocation.pages;
}

size_t allocation_blocks(void) {
    return allocation.blocks;
}

static void locks_check(void) {
    const struct processor *processor = processor_current();
    for (uint32_t i = 0; i < processor->lock_count; i++) {
        uint32_t rank = processor->locks[i]->rank;
        if (rank >= RANK_OBJECT && rank < RANK_MEMORY)
            panic("allocating with a lock of rank %u held", rank);
    }
}

// Whether this allocation is the one to fail.
static bool allocation_refuse(void) {
    locks_check();
    fiber_pause(PAUSE_ALLOCATE);
    if (allocation.fail_in == 0 || --allocation.fail_in > 0)
        return false;
    allocation.failed = true;
    return true;
}

// ---- the heap ----

void *heap_allocate_dirty(size_t size) {
    assert(size > 0 && size <= HEAP_SIZE_MAX);
    if (allocation_refuse())
        return 0;
    size_t alignment = size >= 64 ? 64 : 16;
    void *block = aligned_alloc(alignment, (size + alignment - 1) & ~(alignment - 1));
    memset(block, ALLOCATION_PATTERN, size);
    allocation.blocks++;
    return block;
}

void *heap_allocate(size_t size) {
    void *block = heap_allocate_dirty(size);
    if (block != 0)
        memset(block, 0, size);
    return block;
}

void heap_free(void *block) {
    if (block == 0)
        return;
    assert(allocation.blocks > 0);
    allocation.blocks--;
    free(block);
}

size_t heap_blocks(void) {
    return allocation.blocks;
}

// ---- pages ----

enum status page_allocate(struct account *account, uint32_t flags, void **page) {
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, 1);
    if (status != STATUS_OK)
        return status;
    if (allocation_refuse()) {
        account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
        return STATUS_NO_MEMORY;
    }
    *page = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
    memset(*page, flags & FRAME_ZEROED ? 0 : ALLOCATION_PATTERN, PAGE_SIZE);
    allocation.pages++;
    return STATUS_OK;
}

void page_free(struct account *account, void *page) {
    assert(page != 0 && allocation.pages > 0);
    allocation.pages--;
    free(page);
    account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
}

// ---- frames: pages with a count of references ----

struct frame {
    struct frame *next;
    uint64_t physical;
    uint32_t references;
};

static struct frame *frames;

static struct frame **frame_place(uint64_t physical) {
    struct frame **place = &frames;
    while (*place != 0 && (*place)->physical != physical)
        place = &(*place)->next;
    assert(*place != 0);
    return place;
}

enum status frame_allocate(struct account *account, uint32_t flags, uint64_t *physical) {
    void *page;
    enum status status = page_allocate(account, flags, &page);
    if (status != STATUS_OK)
        return status;
    struct frame *frame = malloc(sizeof(struct frame));
    *frame = (struct frame){.next = frames, .physical = (uint64_t)page, .references = 1};
    frames = frame;
    *physical = frame->physical;
    return STATUS_OK;
}

void *physical_pointer(uint64_t physical) {
    return (void *)physical;
}

void frame_retain(uint64_t physical) {
    (*frame_place(physical))->references++;
}

uint32_t frame_references(uint64_t physical) {
    return (*frame_place(physical))->references;
}

void frame_release(struct account *account, uint64_t physical) {
    struct frame **place = frame_place(physical);
    struct frame *frame = *place;
    if (--frame->references > 0)
        return;
    *place = frame->next;
    free(frame);
    page_free(account, (void *)physical);
}

enum status frame_allocate_charged(struct account *account, uint32_t flags, uint64_t *physical) {
    (void)account;
    return frame_allocate(0, flags, physical);
}

void frame_drop(uint64_t physical) {
    frame_release(0, physical);
}

void frame_release_own(struct account *account, uint64_t physical) {
    account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
    frame_release(0, physical);
}

void frame_adopt(uint64_t physical, uint64_t count) {
    panic("the host adopts no frames: %llu at %llx", (unsigned long long)count, (unsigned long long)physical);
}

bool frame_range_is_managed(uint64_t physical, uint64_t size) {
    uint64_t end;
    return __builtin_add_overflow(physical, size, &end) || physical < ALLOCATION_RAM_END;
}
