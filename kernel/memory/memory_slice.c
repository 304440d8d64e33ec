// A part of sealed memory as an object of its own, with the same frames: a program's image out of the ramdisk.
#include "kernel/base/assert.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/memory.h"
#include "kernel/object/account.h"
#include "kernel/thread/scheduler.h"

enum { SLICE_STEP = 64 }; // pages between two looks for a more urgent thread

// The frame gets one more holder, which is charged for it. A page that is not there is zeros in both, for ever.
static enum status share_page(struct account *account, struct memory *whole, uint64_t from, struct memory *slice,
                              uint64_t to) {
    uint64_t physical = memory_page_if_there(whole, from);
    if (physical == 0)
        return STATUS_OK;
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, 1);
    if (status == STATUS_OK) {
        status = memory_page_put(slice, to, physical);
        if (status != STATUS_OK)
            account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
    }
    if (status != STATUS_OK)
        frame_release(whole->object.account, physical);
    return status;
}

static enum status share_pages(struct account *account, struct memory *whole, uint64_t from, struct memory *slice) {
    enum status status = STATUS_OK;
    uint64_t end = from + slice->pages, shared = 0;
    for (uint64_t page = memory_next_page(whole, from); page < end && status == STATUS_OK;
         page = memory_next_page(whole, page + 1)) {
        status = share_page(account, whole, page, slice, page - from);
        if (++shared % SLICE_STEP == 0)
            scheduler_preemption_point();
    }
    return status;
}

enum status memory_slice(struct account *account, struct memory *whole, uint64_t offset, uint64_t size,
                         struct memory **slice) {
    uint64_t end;
    if (offset % PAGE_SIZE != 0 || size == 0 || __builtin_add_overflow(offset, size, &end) ||
        end > whole->pages * PAGE_SIZE || whole->source != 0 || whole->part_of != 0)
        return STATUS_INVALID_ARGUMENT;
    if (!memory_is_sealed(whole))
        return STATUS_BUSY;
    struct memory *made;
    enum status status = memory_create(account, size, "slice", &made);
    if (status != STATUS_OK)
        return status;
    status = share_pages(account, whole, offset / PAGE_SIZE, made);
    if (status == STATUS_OK)
        status = memory_seal(made);
    if (status != STATUS_OK) {
        object_release(&made->object);
        return status;
    }
    *slice = made;
    return STATUS_OK;
}
