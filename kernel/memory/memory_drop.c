// Pages of a memory object that go back to the machine while the object lives on.
//
// A page is taken from the object first, while its frame is held here, and unmapped then: who touches it in between gets a fresh
// page, which may be unmapped too, and comes back by the next touch.
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space.h"
#include "kernel/thread/scheduler.h"

enum { DROP_BATCH = 64 };

static enum status range_may_go(struct memory *memory, uint64_t page, uint64_t count) {
    uint64_t end;
    if (memory->source != 0 || memory->part_of != 0 || count == 0 || __builtin_add_overflow(page, count, &end) ||
        end > memory->pages)
        return STATUS_INVALID_ARGUMENT;
    return memory_is_sealed(memory) ? STATUS_BUSY : STATUS_OK;
}

static void batch_drop(struct memory *memory, uint64_t page, uint64_t count) {
    uint64_t frames[DROP_BATCH];
    uint32_t taken = 0;
    for (uint64_t i = 0; i < count; i++)
        if (memory_page_take(memory, page + i, &frames[taken]) == STATUS_OK)
            taken++;
    if (taken > 0)
        space_forget_everywhere(memory, page, count);
    for (uint32_t i = 0; i < taken; i++)
        frame_release_own(memory->object.account, frames[i]);
}

enum status memory_drop_pages(struct memory *memory, uint64_t page, uint64_t count) {
    enum status status = range_may_go(memory, page, count);
    while (status == STATUS_OK && count > 0) {
        uint64_t part = count < DROP_BATCH ? count : DROP_BATCH;
        batch_drop(memory, page, part);
        page += part;
        count -= part;
        scheduler_preemption_point();
    }
    return status;
}
