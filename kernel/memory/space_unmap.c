// Unmapping: step by step from the front, a batch of pages under the lock and their frames given back after it.
//
// An area that is unmapped shrinks as its pages go, so between two steps every page is either mapped or gone for good, and other
// threads may use the space. The only allocation is for cutting the first area, before anything changed.
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"
#include "kernel/object/account.h"
#include "kernel/thread/scheduler.h"

struct unmap_step {
    struct page_batch batch;
    struct memory *memory; // whose the batch's pages may be; `ended` or `is_kept` keeps it
    struct area *ended;    // taken out of the tree; null: it goes on, shorter
    uint64_t reached;      // up to here all is unmapped
    bool is_kept;          // `memory` is a reference of the step's own
    uint64_t paid;         // pages of a window that went
};

// Clears a batch from the front of an area that starts within the range.
static void front_clear(struct space *space, struct area *area, uint64_t end, struct unmap_step *step) {
    uint64_t base = area->base;
    uint64_t limit = area->end < end ? area->end : end;
    step->reached = page_table_clear(&space->table, base, limit, &step->batch);
    if (step->batch.count > 0)
        page_table_flush(&space->table, base, step->reached);
    step->memory = area->memory;
    step->paid = area->kind == AREA_WINDOW ? (step->reached - base) / PAGE_SIZE : 0;
    if (step->reached == area->end) {
        area_remove(&space->areas, area);
        space->last = 0;
        step->ended = area;
        return;
    }
    area_trim_front(area, step->reached);
    step->is_kept = area->memory != 0;
    if (step->is_kept)
        object_retain(&area->memory->object);
}

static struct area *first_area(struct space *space, uint64_t address) {
    struct area *last = space->last;
    bool is_it = last != 0 && address >= last->base && address < last->end;
    return is_it ? last : area_from(&space->areas, address);
}

// The next part of [address, end). NOTHING: all of it is unmapped.
static enum status unmap_locked(struct space *space, uint64_t address, uint64_t end, struct unmap_step *step) {
    struct area *area = first_area(space, address);
    if (area == 0 || area->base >= end)
        return STATUS_NOTHING;
    if (area->base < address) {
        struct area *upper;
        enum status status = space_area_split(space, area, address, &upper);
        if (status != STATUS_OK)
            return status;
        area = upper;
    }
    front_clear(space, area, end, step);
    return STATUS_OK;
}

// Pages of a window that were sent on and have not arrived: what was paid for their places is the load's now (kernel/memory/pages.c).
__attribute__((noinline)) static uint64_t pages_on_their_way(const struct page_batch *batch) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < batch->count; i++)
        count += (batch->pages[i].flags & MARK_GONE << PAGE_MARKS) != 0;
    return count;
}

static void step_finish(struct space *space, struct unmap_step *step) {
    if (step->batch.count > 0)
        space_release_pages(space, step->memory, &step->batch);
    if (step->paid > 0)
        account_discharge(space->account, ACCOUNT_MEMORY_PAGES, step->paid - pages_on_their_way(&step->batch));
    if (step->ended != 0)
        space_area_destroy(space, step->ended);
    if (step->is_kept)
        object_release(&step->memory->object);
}

// One batch, from *address on, which is moved up: what is behind it may be another thread's new mapping by now.
// OK: there may be more; NOTHING: there is no more.
static enum status unmap_step(struct space *space, uint64_t *address, uint64_t end) {
    struct unmap_step step;
    step.batch.count = 0;
    step.ended = 0;
    step.is_kept = false;
    lock_acquire(&space->lock);
    enum status status = unmap_locked(space, *address, end, &step);
    lock_release(&space->lock);
    if (status != STATUS_OK)
        return status;
    step_finish(space, &step);
    *address = step.reached;
    return step.reached >= end ? STATUS_NOTHING : STATUS_OK;
}

static void prune_between(struct space *space, uint64_t from, uint64_t limit) {
    if (from < limit)
        page_table_prune(&space->table, from, limit);
}

// Frees tables that the gap around [address, end) leaves empty. Not those of the cluster: the next mapping wants them.
static void tables_prune(struct space *space, uint64_t address, uint64_t end) {
    const uint64_t reach = UINT64_C(1) << 39; // what one entry of the top table covers
    uint64_t cluster = space->cluster, cluster_end = cluster + CLUSTER_SIZE;
    if (address >= cluster && end <= cluster_end)
        return;
    lock_acquire(&space->lock);
    uint64_t from = address & ~(reach - 1);
    uint64_t limit = (end + reach - 1) & ~(reach - 1);
    struct area *below = area_below(&space->areas, address);
    struct area *above = area_from(&space->areas, address);
    if (below != 0 && below->end > from)
        from = below->end;
    if (above != 0 && above->base < limit)
        limit = above->base;
    prune_between(space, from, limit < cluster ? limit : cluster);
    prune_between(space, from > cluster_end ? from : cluster_end, limit);
    lock_release(&space->lock);
}

enum status space_unmap(struct space *space, uint64_t address, uint64_t size) {
    uint64_t end;
    enum status status = space_range_check(address, size, &end);
    if (status != STATUS_OK)
        return status;
    uint64_t next = address;
    while ((status = unmap_step(space, &next, end)) == STATUS_OK)
        scheduler_preemption_point();
    if (status == STATUS_NOTHING)
        tables_prune(space, address, end);
    return status == STATUS_NOTHING ? STATUS_OK : status;
}

// The first area above `address` that the owner keeps; its bounds. False: none.
static bool owned_find(struct space *space, const struct object *owner, uint64_t *address, uint64_t *end) {
    lock_acquire(&space->lock);
    struct area *area = area_from(&space->areas, *address);
    while (area != 0 && area->owner != owner)
        area = area_after(area);
    if (area != 0) {
        *address = area->base;
        *end = area->end;
    }
    lock_release(&space->lock);
    return area != 0;
}

void space_unmap_owner(struct space *space, struct object *owner) {
    uint64_t address = 0, end;
    while (owned_find(space, owner, &address, &end)) {
        space_unmap(space, address, end - address); // whole areas: nothing to cut, so it cannot fail
        address = end;
    }
}
