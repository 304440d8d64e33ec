// What an upcall is about: the next signal or load of pages for a thread, put where its program finds it, and the answer.
#include "ipc/page.h"
#include "kernel/base/assert.h"
#include "kernel/object/trace.h"
#include "kernel/thread/thread.h"
#include "kernel/thread/upcall.h"

// ---- choosing; the box's lock is held ----

// The lowest pending signal that the thread takes; null: none. A signal whose handler went is dropped.
static struct page_handler *signal_next(const struct upcall *upcall) {
    struct page_box *box = upcall->box;
    uint64_t wanted = box->signals & ~upcall->mask;
    while (wanted != 0) {
        uint32_t type = (uint32_t)__builtin_ctzll(wanted);
        struct page_handler *handler = page_handler_find(box, type);
        if (handler != 0 && !handler->removing)
            return handler;
        if (handler == 0)
            box->signals &= ~upcall_mask_bit(type);
        wanted &= wanted - 1;
    }
    return 0;
}

static struct page_transfer *transfer_next(const struct upcall *upcall) {
    struct page_transfer *transfer;
    if (upcall->mask & UPCALL_MASK_PAGES)
        return 0;
    TAILQ_FOREACH(transfer, &upcall->box->arrivals, link) {
        if (!transfer->handler->removing)
            break;
    }
    return transfer;
}

bool page_arrival_is_there(const struct upcall *upcall) {
    return !upcall->running && (signal_next(upcall) != 0 || transfer_next(upcall) != 0);
}

// ---- taking; the box's lock is held ----

// After upcall_wait the mask is again what it was, when the upcall is over or there was none.
static void mask_return(struct upcall *upcall) {
    if (upcall->mask_is_lent)
        upcall->mask = upcall->mask_before;
    upcall->mask_is_lent = false;
}

static void begin(struct upcall *upcall, struct page_handler *handler, struct upcall_entry *entry) {
    if (!upcall->mask_is_lent)
        upcall->mask_before = upcall->mask;
    upcall->mask_is_lent = true;
    upcall->running = true;
    upcall->restarts = handler->flags & PAGE_HANDLER_RESTART;
    upcall->handler = handler;
    handler->running++;
    *entry = (struct upcall_entry){
        .instruction = upcall->entry,
        .stack = upcall->stack,
        .function = handler->function,
        .arguments = {[1] = handler->type},
    };
}

static void signal_take(struct upcall *upcall, struct page_handler *handler, struct upcall_entry *entry) {
    object_retain(&handler->object);
    upcall->box->signals &= ~upcall_mask_bit(handler->type);
    begin(upcall, handler, entry);
    entry->arguments[0] = handler->signal_process;
    entry->arguments[5] = handler->signal_user;
}

// The handler may have gone since: then the instruction is made anew, and faults again. Inlined, as the others that begin an upcall
// are: the entry then is never in memory.
static inline __attribute__((always_inline)) bool fault_take(struct upcall *upcall, struct upcall_entry *entry) {
    struct page_handler *handler = upcall->fault_type != 0 ? page_handler_find(upcall->box, upcall->fault_type) : 0;
    upcall->fault_type = 0;
    if (handler == 0)
        return false;
    object_retain(&handler->object);
    begin(upcall, handler, entry);
    entry->arguments[0] = process_current()->id;
    entry->arguments[2] = upcall->fault_address;
    entry->arguments[4] = PAGE_FAULT;
    entry->arguments[5] = process_current()->user;
    return true;
}

// PEER_FULL: there is no room in the window; the transfer has ended.
static enum status transfer_take(struct upcall *upcall, struct page_transfer *transfer, struct upcall_entry *entry) {
    struct page_handler *handler = transfer->handler;
    struct page_load *load = transfer->load;
    uint64_t address = 0;
    enum status status = STATUS_OK;
    if (load->count > 0)
        status = pages_put(upcall->box->process->space, &handler->window, load, transfer->flags & PAGE_RECEIVER_WRITES,
                           &address);
    if (status != STATUS_OK) {
        page_transfer_end_locked(transfer, status, false);
        return status;
    }
    TAILQ_REMOVE(&upcall->box->arrivals, transfer, link);
    handler->queued--;
    transfer->state = TRANSFER_RUNNING;
    begin(upcall, handler, entry);
    __atomic_fetch_add(&upcall->box->running, 1, __ATOMIC_RELAXED);
    upcall->arrival = transfer;
    upcall->address = address;
    entry->arguments[0] = transfer->process;
    entry->arguments[2] = address + transfer->offset;
    entry->arguments[3] = load->count;
    entry->arguments[4] = transfer->flags;
    entry->arguments[5] = transfer->bytes;
    return STATUS_OK;
}

// NOTHING: there is none; PEER_FULL: *refused is to be let go of, and there may be more.
static enum status take_locked(struct upcall *upcall, struct upcall_entry *entry, struct page_transfer **refused) {
    if (__builtin_expect(upcall->fault_type != 0, 0) && fault_take(upcall, entry))
        return STATUS_OK;
    struct page_handler *handler = signal_next(upcall);
    struct page_transfer *transfer = handler == 0 ? transfer_next(upcall) : 0;
    if (handler != 0) {
        signal_take(upcall, handler, entry);
        return STATUS_OK;
    }
    if (transfer != 0) {
        *refused = transfer;
        return transfer_take(upcall, transfer, entry);
    }
    mask_return(upcall);
    return STATUS_NOTHING;
}

bool page_arrival_take(struct upcall *upcall, struct upcall_entry *entry) {
    for (;;) {
        struct page_transfer *refused;
        lock_acquire(&upcall->box->lock);
        enum status status = upcall->running ? STATUS_NOTHING : take_locked(upcall, entry, &refused);
        lock_release(&upcall->box->lock);
        if (status != STATUS_PEER_FULL)
            return status == STATUS_OK;
        page_transfer_release(refused);
    }
}

// ---- answering ----

// The box's lock is held. `status` is what the sender learns.
static void transfer_answer(struct upcall *upcall, struct page_transfer *transfer, enum status status) {
    if (status != STATUS_OK && transfer->load->count > 0)
        pages_remove(process_current()->space, upcall->address, transfer->load);
    if (transfer->state == TRANSFER_RUNNING)
        page_transfer_end_locked(transfer, status, arch_upcall_waits(upcall->room)); // it goes on waiting
    __atomic_fetch_sub(&upcall->box->running, 1, __ATOMIC_RELAXED);
}

// Seldom: who removes the handler waits for its upcalls.
__attribute__((noinline)) static void tell_over(struct page_handler *handler) {
    wait_queue_wake_all(&handler->object.waiters);
}

// Mostly there is nothing more.
static inline bool may_be_more(const struct page_box *box) {
    return box->signals != 0 || !TAILQ_EMPTY(&box->arrivals);
}

void page_arrival_answer(struct upcall *upcall, uint64_t answer, enum status status) {
    struct page_handler *handler = upcall->handler;
    struct page_transfer *transfer = upcall->arrival;
    lock_acquire(&upcall->box->lock);
    if (status == STATUS_OK && (answer != PAGE_ACCEPT || handler->closed))
        status = STATUS_NOTHING;
    trace(.operation = TRACE_PAGE_TAKEN, .object = &handler->object, .peer = transfer != 0 ? transfer->process : 0,
          .id = handler->type, .size = transfer != 0 ? transfer->bytes : 0, .status = status);
    if (transfer != 0)
        transfer_answer(upcall, transfer, status);
    handler->running--;
    if (!wait_queue_is_empty(&handler->object.waiters))
        tell_over(handler);
    upcall->running = false;
    upcall->handler = 0;
    upcall->arrival = 0;
    mask_return(upcall);
    if (may_be_more(upcall->box) && page_arrival_is_there(upcall))
        thread_demand_own(DEMAND_UPCALL);
    lock_release(&upcall->box->lock);
    if (transfer != 0)
        page_transfer_release(transfer);
    else
        object_release(&handler->object);
}
