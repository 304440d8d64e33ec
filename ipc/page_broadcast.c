// Pages to all who want them, and signals. (R-A9: the sender pays, and only who opened the gate for it is reached)
#include "ipc/gate.h"
#include "ipc/page.h"
#include "kernel/memory/heap.h"
#include "kernel/thread/thread.h"

struct broadcast {
    struct page_sending *sending;
    struct page_parcel *parcel;
    struct page_transfer *first; // those that were posted
    uint32_t taken, refused;
    uint32_t paid; // pages that the sender is charged for its transfers
    bool broken_off;
};

enum { TRANSFERS_PER_PAGE = PAGE_SIZE / sizeof(struct page_transfer) };

// ---- to all ----

static enum status transfer_pay(struct broadcast *broadcast, uint32_t posted) {
    if (posted % TRANSFERS_PER_PAGE != 0)
        return STATUS_OK;
    enum status status = account_charge(broadcast->sending->from->account, ACCOUNT_MEMORY_PAGES, 1);
    broadcast->paid += status == STATUS_OK;
    return status;
}

// One that has no such handler is not reached, and does not count.
static enum status post_to(struct broadcast *broadcast, uint32_t posted) {
    struct page_handler *handler;
    enum status status = page_sending_handler(broadcast->sending, GATE_PAGE_BROADCAST, &handler);
    if (status != STATUS_OK)
        return status;
    status = transfer_pay(broadcast, posted);
    if (status != STATUS_OK) {
        object_release(&handler->object);
        return status;
    }
    struct page_transfer *transfer;
    status = page_transfer_create(broadcast->sending, handler, broadcast->parcel, &transfer);
    if (status != STATUS_OK)
        return status;
    status = page_transfer_post(transfer);
    if (status != STATUS_OK) {
        page_transfer_release(transfer);
        return status;
    }
    transfer->next = broadcast->first;
    broadcast->first = transfer;
    return STATUS_OK;
}

// True: it is on its way.
static bool post_one(struct broadcast *broadcast, struct process *process, uint32_t posted) {
    broadcast->sending->to = process;
    enum status status = post_to(broadcast, posted);
    broadcast->refused += status != STATUS_OK && status != STATUS_NOT_FOUND;
    return status == STATUS_OK;
}

static void post_to_others(struct broadcast *broadcast) {
    uint32_t after = 0, posted = 0;
    struct process *process;
    while ((process = process_next(after)) != 0) {
        after = process->id;
        if (process != broadcast->sending->from)
            posted += post_one(broadcast, process, posted);
        process_release(process);
    }
}

// After one wait was broken off by an upcall of ours, those that have not begun are not waited for.
static void await_one(struct broadcast *broadcast, struct page_transfer *transfer) {
    enum status status = STATUS_OK; // our own handler runs on the way back
    if (!transfer->detached)
        status = page_transfer_wait(transfer, broadcast->sending->deadline);
    if (status == STATUS_OK)
        broadcast->taken++;
    else
        broadcast->refused++;
    broadcast->broken_off |= status == STATUS_INTERRUPTED;
    page_transfer_release(transfer);
}

static void await_all(struct broadcast *broadcast) {
    struct page_transfer *transfer;
    while ((transfer = broadcast->first) != 0) {
        broadcast->first = transfer->next;
        await_one(broadcast, transfer);
    }
    account_discharge(broadcast->sending->from->account, ACCOUNT_MEMORY_PAGES, broadcast->paid);
    broadcast->paid = 0;
}

static enum status parcel_make(const struct page_sending *sending, struct page_parcel **parcel) {
    size_t size = offsetof(struct page_parcel, load) + page_load_size(sending->count);
    struct page_parcel *made = heap_allocate(size);
    if (made == 0)
        return STATUS_NO_MEMORY;
    made->references = 1;
    page_load_start(&made->load, sending->from->account, sending->address, sending->count);
    enum status status = page_load_fill(sending, &made->load);
    if (status != STATUS_OK)
        page_parcel_release(made);
    *parcel = made;
    return status;
}

// Pages that the sender does not keep leave it for all receivers together: they are back if nobody took them.
enum status page_broadcast(struct page_sending *sending, uint64_t *counts) {
    const struct upcall *upcall = thread_current()->upcall;
    if (upcall != 0 && upcall->running)
        return STATUS_BUSY;
    if (sending->deadline == DEADLINE_NOW)
        return STATUS_WOULD_WAIT;
    struct broadcast broadcast = {.sending = sending};
    enum status status = parcel_make(sending, &broadcast.parcel);
    if (status != STATUS_OK)
        return status;
    post_to_others(&broadcast);
    await_all(&broadcast);
    if ((sending->flags & PAGE_TARGET) == PAGE_TO_ALL) { // last: an upcall of ours breaks off the wait for the others
        post_one(&broadcast, sending->from, 0);
        await_all(&broadcast);
    }
    status = broadcast.taken > 0 ? STATUS_OK : STATUS_NOTHING;
    *counts = (uint64_t)broadcast.refused << 32 | broadcast.taken;
    page_load_settle(sending->from, &broadcast.parcel->load, sending->flags, status);
    page_parcel_release(broadcast.parcel);
    return status;
}

// ---- signals ----

enum status page_signal(struct process *to, uint32_t type, const struct process *from) {
    struct page_box *box = page_box_of(to);
    lock_acquire(&box->lock);
    struct page_handler *handler = !box->closed ? page_handler_find(box, type) : 0;
    if (handler != 0) {
        handler->signal_process = from->id;
        handler->signal_user = from->user;
        handler->object.operations++;
        box->signals |= upcall_mask_bit(type);
        upcall_kick_locked(box, upcall_mask_bit(type));
    }
    lock_release(&box->lock);
    return handler != 0 ? STATUS_OK : STATUS_NOT_FOUND;
}
