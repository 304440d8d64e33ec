// Physical frames: a few free ones per CPU before the buddy allocator, references, charges, and the last reserve.
#include "kernel/memory/frame.h"

#include <arch/alias.h>

#include "kernel/base/assert.h"
#include "kernel/memory/buddy.h"
#include "kernel/memory/frame_start.h"
#include "kernel/object/account.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"

enum { CACHE_FRAMES = 32, CACHE_BATCH = 16 };

#define FREED_PATTERN UINT64_C(0xdfdfdfdfdfdfdfdf)

// Free frames in a CPU's hand. Only that CPU touches it, interrupts off, so it needs no lock.
struct frame_cache {
    uint32_t count;
    uint32_t indexes[CACHE_FRAMES];
} __attribute__((aligned(64)));

struct frame_store frame_store = {.lock = LOCK_INITIAL(RANK_FRAMES)};
static struct frame_cache caches[PROCESSOR_MAX];

void *physical_pointer(uint64_t physical) {
    return alias_pointer(physical);
}

uint64_t physical_address(const void *alias) {
    return alias_physical(alias);
}

// What the kernel allocates for itself it mostly does in a program's stead: then that program's account decides.
static bool may_use_reserve(const struct account *account) {
    const struct thread *caller = thread_current();
    if (account == 0 && caller != 0)
        account = caller->process->account;
    return account == 0 || account->essential;
}

// Fills an empty cache from the buddy allocator: a batch while there is plenty, one frame out of the reserve.
static bool cache_refill(struct frame_cache *cache, const struct account *account, uint32_t flags) {
    lock_acquire(&frame_store.lock);
    bool spares = (flags & FRAME_SPARING) && account != 0 && account->swapped;
    uint64_t left = frame_store.reserve + (spares ? frame_store.margin : 0);
    bool plenty = frame_store.buddy.free > left + CACHE_BATCH;
    uint32_t wanted = plenty ? CACHE_BATCH : may_use_reserve(account) ? 1 : 0;
    uint32_t index;
    while (cache->count < wanted && buddy_take(&frame_store.buddy, 0, &index))
        cache->indexes[cache->count++] = index;
    lock_release(&frame_store.lock);
    return cache->count > 0;
}

static void cache_flush(struct frame_cache *cache) {
    lock_acquire(&frame_store.lock);
    while (cache->count > CACHE_FRAMES - CACHE_BATCH)
        buddy_give(&frame_store.buddy, cache->indexes[--cache->count], 0);
    lock_release(&frame_store.lock);
}

static void note_kernel_frames(int64_t change) {
    __atomic_fetch_add(&frame_store.kernel, (uint64_t)change, __ATOMIC_RELAXED);
}

static enum status refuse(struct account *account) {
    account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
    return STATUS_NO_MEMORY;
}

static inline enum status frame_take(struct account *account, uint32_t flags, uint64_t *physical) {
    struct frame_cache *cache = &caches[processor_index()];
    if (__builtin_expect(cache->count == 0, 0) && !cache_refill(cache, account, flags))
        return STATUS_NO_MEMORY;
    uint32_t index = cache->indexes[--cache->count];
    frame_store.buddy.frames[index].references = 1;
    *physical = (uint64_t)index << PAGE_SHIFT;
    if (flags & FRAME_ZEROED)
        alias_fill(alias_pointer(*physical), 0);
    return STATUS_OK;
}

enum status frame_allocate(struct account *account, uint32_t flags, uint64_t *physical) {
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, 1);
    if (__builtin_expect(status != STATUS_OK, 0))
        return status;
    if (__builtin_expect(frame_take(account, flags, physical) != STATUS_OK, 0))
        return refuse(account);
    if (account == 0)
        note_kernel_frames(1);
    return STATUS_OK;
}

enum status frame_allocate_charged(struct account *account, uint32_t flags, uint64_t *physical) {
    return frame_take(account, flags, physical);
}

static struct frame *frame_at(uint64_t physical) {
    uint64_t index = physical >> PAGE_SHIFT;
    assert_debug(index < frame_store.buddy.count && (physical & (PAGE_SIZE - 1)) == 0);
    struct frame *frame = &frame_store.buddy.frames[index];
    assert_debug(frame->state == FRAME_USED && frame->references > 0);
    return frame;
}

void frame_retain(uint64_t physical) {
    __atomic_fetch_add(&frame_at(physical)->references, 1, __ATOMIC_RELAXED);
}

uint32_t frame_references(uint64_t physical) {
    return __atomic_load_n(&frame_at(physical)->references, __ATOMIC_RELAXED);
}

// Takes one reference away. True: it was the last.
static inline bool frame_let_go(struct frame *frame) {
    // A sole owner needs no atomic step: nobody else can retain what only we hold.
    return __atomic_load_n(&frame->references, __ATOMIC_ACQUIRE) == 1 ||
           __atomic_sub_fetch(&frame->references, 1, __ATOMIC_ACQ_REL) == 0;
}

static inline void frame_free_last(struct frame *frame, uint64_t physical) {
    if (BUILD_CHECKS) {
        frame->references = 0;
        alias_fill(alias_pointer(physical), FREED_PATTERN);
    }
    struct frame_cache *cache = &caches[processor_index()];
    if (__builtin_expect(cache->count == CACHE_FRAMES, 0))
        cache_flush(cache);
    cache->indexes[cache->count++] = (uint32_t)(physical >> PAGE_SHIFT);
}

void frame_release(struct account *account, uint64_t physical) {
    struct frame *frame = frame_at(physical);
    if (!frame_let_go(frame))
        return;
    account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
    if (account == 0)
        note_kernel_frames(-1);
    frame_free_last(frame, physical);
}

void frame_drop(uint64_t physical) {
    struct frame *frame = frame_at(physical);
    if (frame_let_go(frame))
        frame_free_last(frame, physical);
}

void frame_release_own(struct account *account, uint64_t physical) {
    if (account == 0) {
        frame_release(0, physical);
        return;
    }
    account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
    frame_drop(physical);
}

enum status frames_allocate(uint32_t order, uint64_t *physical) {
    if (order >= BUDDY_ORDERS)
        return STATUS_NO_MEMORY;
    uint32_t index;
    uint64_t kept = may_use_reserve(0) ? 0 : frame_store.reserve;
    lock_acquire(&frame_store.lock);
    bool taken =
        frame_store.buddy.free >= kept + (UINT64_C(1) << order) && buddy_take(&frame_store.buddy, order, &index);
    lock_release(&frame_store.lock);
    if (!taken)
        return STATUS_NO_MEMORY;
    note_kernel_frames(INT64_C(1) << order);
    *physical = (uint64_t)index << PAGE_SHIFT;
    return STATUS_OK;
}

void frames_release(uint32_t order, uint64_t physical) {
    assert_debug(frame_at(physical)->order == order);
    if (BUILD_CHECKS)
        for (uint64_t offset = 0; offset < (uint64_t)PAGE_SIZE << order; offset += PAGE_SIZE)
            alias_fill(alias_pointer(physical + offset), FREED_PATTERN);
    note_kernel_frames(-(INT64_C(1) << order));
    lock_acquire(&frame_store.lock);
    buddy_give(&frame_store.buddy, (uint32_t)(physical >> PAGE_SHIFT), order);
    lock_release(&frame_store.lock);
}

uint32_t frames_order(uint64_t physical) {
    return frame_at(physical)->order;
}

void frame_set_margin(uint64_t frames) {
    __atomic_store_n(&frame_store.margin, frames, __ATOMIC_RELAXED);
}

uint64_t frame_total(void) {
    return frame_store.total;
}

uint64_t frame_free(void) {
    uint64_t free = __atomic_load_n(&frame_store.buddy.free, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < PROCESSOR_MAX; i++)
        free += __atomic_load_n(&caches[i].count, __ATOMIC_RELAXED);
    return free;
}

bool frame_is_plenty(const struct account *account) {
    return may_use_reserve(account) || frame_free() > frame_store.reserve;
}

uint64_t frame_kernel(void) {
    return __atomic_load_n(&frame_store.kernel, __ATOMIC_RELAXED);
}

enum status page_allocate(struct account *account, uint32_t flags, void **page) {
    uint64_t physical;
    enum status status = frame_allocate(account, flags, &physical);
    if (status == STATUS_OK)
        *page = alias_pointer(physical);
    return status;
}

void page_free(struct account *account, void *page) {
    frame_release(account, alias_physical(page));
}
