// Sending pages: taken from the sender, queued at the receiver's handler, and back again where it does not accept them.
#include "ipc/page.h"

#include "ipc/gate.h"
#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/space.h"
#include "kernel/thread/thread.h"
#include "kernel/thread/upcall.h"

// ---- the pages ----

static uint32_t way_of(uint32_t flags) {
    uint32_t way = flags & PAGE_SENDER_KEEPS ? PAGES_KEEP : 0;
    way |= flags & PAGE_DUPLICATE ? PAGES_DUPLICATE : 0;
    return way | (flags & PAGE_RECEIVER_WRITES ? PAGES_WRITE : 0);
}

// Whether some of the pages came with an upcall that is not over: its sender may get them back.
static bool are_arriving(struct page_box *box, uint64_t address, uint32_t count) {
    if (__atomic_load_n(&box->running, __ATOMIC_RELAXED) == 0)
        return false;
    bool found = false;
    uint64_t end = address + (uint64_t)count * PAGE_SIZE;
    lock_acquire(&box->lock);
    const struct upcall *upcall;
    LIST_FOREACH(upcall, &box->upcalls, link) {
        if (upcall->running && upcall->arrival != 0)
            found |=
                upcall->address < end && address < upcall->address + (uint64_t)upcall->arrival->load->count * PAGE_SIZE;
    }
    lock_release(&box->lock);
    return found;
}

// What both a sending to one and a broadcast do is inlined into the first, which is the path that is measured.
#define INLINED static inline __attribute__((always_inline))

INLINED enum status load_fill(const struct page_sending *sending, struct page_load *load) {
    if (sending->count == 0)
        return STATUS_OK;
    if (are_arriving(page_box_of(sending->from), sending->address, sending->count))
        return STATUS_BUSY;
    struct pages_part part = {sending->offset, sending->bytes};
    return pages_take(sending->from->space, load, way_of(sending->flags), &part);
}

enum status page_load_fill(const struct page_sending *sending, struct page_load *load) {
    return load_fill(sending, load);
}

enum status page_place(struct process *process, uint64_t from, uint64_t to, uint32_t count) {
    if (are_arriving(page_box_of(process), from, count))
        return STATUS_BUSY;
    return pages_place(process->space, from, to, count);
}

// Abandoned pages that are to be freed are, with the load; all that failed puts them back.
void page_load_settle(struct process *process, struct page_load *load, uint32_t flags, enum status status) {
    if (!load->left)
        return;
    bool kept = status == STATUS_OK || (status == STATUS_NOTHING && (flags & PAGE_ABANDONED_FREE));
    if (!kept)
        pages_return(process->space, load, status == STATUS_TIMED_OUT);
    else if (load->from_window)
        pages_settle(process->space, load);
}

// ---- the receiver ----

static enum status handler_check(const struct page_sending *sending, const struct page_handler *handler) {
    if (handler == 0)
        return STATUS_NOT_FOUND;
    return sending->count <= handler->window.pages ? STATUS_OK : STATUS_DENIED;
}

enum status page_sending_handler(const struct page_sending *sending, enum gate_kind gate,
                                 struct page_handler **handler) {
    struct page_box *box = page_box_of(sending->to);
    lock_acquire(&box->lock);
    *handler = page_handler_find(box, sending->type);
    enum status status = handler_check(sending, *handler);
    if (status == STATUS_OK)
        status = gate_check(sending->to, gate, sending->from);
    if (status == STATUS_OK)
        object_retain(&(*handler)->object);
    else if (status == STATUS_DENIED)
        (*handler)->refused++;
    lock_release(&box->lock);
    return status;
}

// ---- transfers ----

// To oneself, and where no answer is wanted.
static bool is_detached(const struct page_sending *sending) {
    return sending->to == sending->from || (sending->flags & PAGE_NO_ANSWER);
}

// Nobody waits for these, so nothing else would bound them.
static enum status detached_charge(const struct page_sending *sending, bool detached) {
    return detached ? account_charge(sending->from->account, ACCOUNT_OBJECTS, 1) : STATUS_OK;
}

static bool is_immutable(const struct page_load *load) {
    uint32_t i = 0;
    while (i < load->count && !(load->pages[i] & PAGE_LOAD_SHARED))
        i++;
    return i == load->count;
}

static void load_attach(const struct page_sending *sending, struct page_parcel *parcel,
                        struct page_transfer *transfer) {
    transfer->parcel = parcel;
    transfer->load = parcel != 0 ? &parcel->load : &transfer->own;
    if (parcel != 0)
        __atomic_fetch_add(&parcel->references, 1, __ATOMIC_RELAXED);
    else
        page_load_start(&transfer->own, sending->from->account, sending->address, sending->count);
}

// A thread that sends page after page uses the same room for each.
static bool is_single(const struct page_transfer *transfer) {
    return transfer->parcel == 0 && transfer->own.count == 1;
}

static struct page_transfer *room_allocate(const struct page_sending *sending, const struct page_parcel *parcel) {
    struct upcall *upcall = thread_current()->upcall;
    if (sending->count == 1 && parcel == 0 && upcall != 0 && upcall->spare != 0) {
        struct page_transfer *spare = upcall->spare;
        upcall->spare = 0;
        spare->own.pages[0] = 0;
        return spare;
    }
    size_t size = offsetof(struct page_transfer, own);
    struct page_transfer *made = heap_allocate(parcel != 0 ? size : size + page_load_size(sending->count));
    if (made != 0)
        wait_queue_start(&made->waiters); // empty again when it becomes spare
    return made;
}

static void room_free(struct page_transfer *transfer) {
    struct upcall *upcall = thread_current()->upcall;
    if (upcall != 0 && upcall->spare == 0 && is_single(transfer))
        upcall->spare = transfer;
    else
        heap_free(transfer);
}

static void transfer_fill(struct page_transfer *transfer, const struct page_sending *sending) {
    transfer->references = 1;
    transfer->process = sending->from->id;
    transfer->user = sending->from->user;
    transfer->flags = sending->flags;
    transfer->offset = sending->offset;
    transfer->bytes = sending->bytes;
    transfer->state = TRANSFER_QUEUED;
}

INLINED enum status transfer_make(const struct page_sending *sending, struct page_parcel *parcel, bool detached,
                                  struct page_transfer **transfer) {
    enum status status = detached_charge(sending, detached);
    if (status != STATUS_OK)
        return status;
    struct page_transfer *made = room_allocate(sending, parcel);
    if (made == 0) {
        if (detached)
            account_discharge(sending->from->account, ACCOUNT_OBJECTS, 1);
        return STATUS_NO_MEMORY;
    }
    load_attach(sending, parcel, made);
    transfer_fill(made, sending);
    made->detached = detached;
    made->returns = detached && sending->to == sending->from && parcel == 0;
    *transfer = made;
    return STATUS_OK;
}

INLINED enum status transfer_create(const struct page_sending *sending, struct page_handler *handler,
                                    struct page_parcel *parcel, bool detached, struct page_transfer **transfer) {
    enum status status = transfer_make(sending, parcel, detached, transfer);
    if (status == STATUS_OK)
        (*transfer)->handler = handler;
    else
        object_release(&handler->object);
    return status;
}

enum status page_transfer_create(const struct page_sending *sending, struct page_handler *handler,
                                 struct page_parcel *parcel, struct page_transfer **transfer) {
    return transfer_create(sending, handler, parcel, sending->to == sending->from, transfer);
}

void page_parcel_release(struct page_parcel *parcel) {
    if (__atomic_sub_fetch(&parcel->references, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    page_load_finish(&parcel->load);
    heap_free(parcel);
}

void page_transfer_free(struct page_transfer *transfer) {
    if (transfer->detached)
        account_discharge(transfer->load->account, ACCOUNT_OBJECTS, 1);
    if (transfer->parcel != 0)
        page_parcel_release(transfer->parcel);
    else
        page_load_finish(&transfer->own);
    object_release(&transfer->handler->object);
    room_free(transfer);
}

void page_transfer_end_locked(struct page_transfer *transfer, enum status status, bool hand_over) {
    struct page_handler *handler = transfer->handler;
    if (transfer->state == TRANSFER_QUEUED) {
        TAILQ_REMOVE(&handler->box->arrivals, transfer, link);
        handler->queued--;
    }
    if (status == STATUS_OK)
        handler->accepted++;
    else if (status == STATUS_NOTHING)
        handler->abandoned++;
    else
        handler->refused++;
    if (transfer->returns && handler->box->process != 0)
        page_load_settle(handler->box->process, transfer->load, transfer->flags, status);
    transfer->state = TRANSFER_ENDED;
    transfer->status = status;
    struct waiter *sender = TAILQ_FIRST(&transfer->waiters.list);
    if (sender != 0 && hand_over)
        wait_queue_hand_over(&transfer->waiters, sender);
    else if (sender != 0)
        wait_queue_wake_waiter(&transfer->waiters, sender);
}

INLINED enum status transfer_post(struct page_transfer *transfer) {
    struct page_handler *handler = transfer->handler;
    struct page_box *box = handler->box;
    if (is_immutable(transfer->load))
        transfer->flags |= PAGE_IMMUTABLE;
    lock_acquire(&box->lock);
    bool open = !box->closed && !handler->closed;
    if (open) {
        transfer->references++;
        TAILQ_INSERT_TAIL(&box->arrivals, transfer, link);
        handler->queued++;
        handler->object.operations++;
        handler->loaded += transfer->load->count;
        upcall_kick_locked(box, UPCALL_MASK_PAGES);
    }
    lock_release(&box->lock);
    return open ? STATUS_OK : STATUS_PEER_DIED;
}

enum status page_transfer_post(struct page_transfer *transfer) {
    return transfer_post(transfer);
}

// ---- waiting for the answer ----

// The wait ended without one. While the upcall runs the receiver keeps what it sees, to be copied when written; its answer then
// is nobody's. True: the queue's reference is the caller's to drop.
static bool withdraw_locked(struct page_transfer *transfer, enum status status) {
    struct page_box *box = transfer->handler->box;
    bool queued = transfer->state == TRANSFER_QUEUED;
    const struct upcall *upcall;
    LIST_FOREACH(upcall, &box->upcalls, link) {
        if (upcall->running && upcall->arrival == transfer && transfer->load->left)
            pages_loosen(box->process->space, upcall->address, transfer->load);
    }
    page_transfer_end_locked(transfer, queued || status == STATUS_INTERRUPTED ? status : STATUS_TIMED_OUT, false);
    return queued;
}

// An upcall of the sender's own has to wait while the receiver's runs: what that one has cannot be taken back.
static bool goes_on_waiting(struct page_transfer *transfer, enum status status) {
    struct thread *thread = thread_current();
    if (status != STATUS_INTERRUPTED || transfer->state != TRANSFER_RUNNING || (thread->demands & DEMAND_END))
        return false;
    __atomic_store_n(&thread->upcalls_wait, true, __ATOMIC_SEQ_CST);
    return true;
}

// What broke the wait off may not end it, and what ends it may have come meanwhile.
__attribute__((noinline)) static enum status broken_off(struct page_transfer *transfer, enum status status,
                                                        const struct wait_for *wait) {
    struct page_box *box = transfer->handler->box;
    bool withdrawn = false;
    lock_acquire(&box->lock);
    if (transfer->state != TRANSFER_ENDED && !goes_on_waiting(transfer, status))
        withdrawn = withdraw_locked(transfer, status);
    while (transfer->state != TRANSFER_ENDED) {
        status = wait_queue_sleep(&transfer->waiters, &box->lock, wait);
        if (status != STATUS_OK && transfer->state != TRANSFER_ENDED && !goes_on_waiting(transfer, status))
            withdrawn = withdraw_locked(transfer, status);
    }
    status = transfer->status;
    lock_release(&box->lock);
    thread_current()->upcalls_wait = false;
    if (withdrawn)
        page_transfer_release(transfer);
    return status;
}

// Only its end wakes who waits for it.
INLINED enum status transfer_wait(struct page_transfer *transfer, uint64_t deadline) {
    struct page_box *box = transfer->handler->box;
    struct wait_for wait = {&transfer->handler->object, WAIT_PAGE_ANSWER, 0, deadline};
    const struct wait_manner manner = {.queue = &transfer->waiters};
    lock_acquire(&box->lock);
    if (transfer->state == TRANSFER_ENDED) {
        lock_release(&box->lock);
        return transfer->status;
    }
    enum status status = wait_sleep(&box->lock, &wait, &manner);
    return status == STATUS_OK ? transfer->status : broken_off(transfer, status, &wait);
}

enum status page_transfer_wait(struct page_transfer *transfer, uint64_t deadline) {
    return transfer_wait(transfer, deadline);
}

// ---- to one ----

static bool in_upcall(void) {
    const struct upcall *upcall = thread_current()->upcall;
    return upcall != 0 && upcall->running;
}

// To oneself the upcall does what is to be done with the pages at the end. Without an answer they are given up before anybody else
// sees the load.
static enum status go_detached(const struct page_sending *sending, struct page_transfer *transfer) {
    enum status status = load_fill(sending, transfer->load);
    if (status != STATUS_OK)
        return status;
    if (!transfer->returns)
        page_load_settle(sending->from, transfer->load, sending->flags, STATUS_OK);
    status = page_transfer_post(transfer);
    if (status != STATUS_OK && transfer->returns)
        page_load_settle(sending->from, transfer->load, sending->flags, status);
    return status;
}

// What nobody answers is bounded by what the receiver has paid for.
static bool may_queue(const struct page_sending *sending, struct page_handler *handler) {
    const struct page_transfer *transfer;
    uint64_t pages = sending->count;
    if (!(sending->flags & PAGE_IF_ROOM))
        return true;
    lock_acquire(&handler->box->lock);
    TAILQ_FOREACH(transfer, &handler->box->arrivals, link) {
        if (transfer->handler == handler)
            pages += transfer->load->count;
    }
    lock_release(&handler->box->lock);
    return pages <= handler->window.pages;
}

__attribute__((noinline)) static enum status send_detached(const struct page_sending *sending, uint64_t *counts) {
    struct page_handler *handler;
    struct page_transfer *transfer;
    enum status status = page_sending_handler(sending, GATE_PAGE, &handler);
    if (status == STATUS_OK && !may_queue(sending, handler)) {
        object_release(&handler->object);
        status = STATUS_PEER_FULL;
    }
    if (status == STATUS_OK)
        status = transfer_create(sending, handler, 0, true, &transfer);
    if (status != STATUS_OK)
        return status;
    status = go_detached(sending, transfer);
    page_transfer_release(transfer);
    *counts = status != STATUS_OK ? UINT64_C(1) << 32 : sending->flags & PAGE_NO_ANSWER ? 0 : 1;
    return status;
}

INLINED enum status transfer_go(const struct page_sending *sending, struct page_transfer *transfer) {
    enum status status = load_fill(sending, transfer->load);
    if (status != STATUS_OK)
        return status;
    status = transfer_post(transfer);
    if (status == STATUS_OK)
        status = transfer_wait(transfer, sending->deadline);
    page_load_settle(sending->from, transfer->load, sending->flags, status);
    return status;
}

enum status page_send(const struct page_sending *sending, uint64_t *counts) {
    struct page_handler *handler;
    struct page_transfer *transfer;
    if (is_detached(sending))
        return send_detached(sending, counts);
    if (in_upcall())
        return STATUS_BUSY;
    if (sending->deadline == DEADLINE_NOW)
        return STATUS_WOULD_WAIT;
    enum status status = page_sending_handler(sending, GATE_PAGE, &handler);
    if (status == STATUS_OK)
        status = transfer_create(sending, handler, 0, false, &transfer);
    if (status != STATUS_OK)
        return status;
    status = transfer_go(sending, transfer);
    page_transfer_release(transfer);
    *counts = status == STATUS_OK ? 1 : UINT64_C(1) << 32;
    return status;
}
