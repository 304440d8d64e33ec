// Upcalls: which threads take them, when, and how they go back.
#include "kernel/thread/upcall.h"

#include "ipc/event.h"
#include "ipc/page.h"
#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/thread.h"

// ---- choosing a thread; the box's lock is held ----

static bool takes(const struct upcall *upcall, uint64_t bit) {
    return !upcall->running && !(upcall->mask & bit);
}

// The calling thread, else one that waits, else any: it is to be soon, and to disturb little.
static struct upcall *choose(struct page_box *box, uint64_t bit) {
    struct upcall *upcall, *best = 0;
    LIST_FOREACH(upcall, &box->upcalls, link) {
        if (!takes(upcall, bit))
            continue;
        if (upcall->thread == thread_current())
            return upcall;
        if (best == 0 || upcall->thread->state == THREAD_WAITING)
            best = upcall;
    }
    return best;
}

void upcall_kick_locked(struct page_box *box, uint64_t bit) {
    struct upcall *upcall = choose(box, bit);
    if (upcall != 0)
        thread_demand(upcall->thread, DEMAND_UPCALL);
}

// After a thread stopped taking some: what is pending may be for another.
static void kick_all(struct page_box *box) {
    for (uint64_t rest = box->signals; rest != 0; rest &= rest - 1)
        upcall_kick_locked(box, rest & -rest);
    if (!TAILQ_EMPTY(&box->arrivals))
        upcall_kick_locked(box, UPCALL_MASK_PAGES);
}

// ---- taking part ----

// The room for the registers and the record are charged as a page.
static enum status upcall_create(struct upcall **upcall) {
    struct account *account = process_current()->account;
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, 1);
    if (status != STATUS_OK)
        return status;
    struct upcall *made = heap_allocate(sizeof(struct upcall));
    status = made != 0 ? arch_upcall_create(&made->room) : STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        heap_free(made);
        account_discharge(account, ACCOUNT_MEMORY_PAGES, 1);
        return status;
    }
    made->thread = thread_current();
    made->box = page_box_of(process_current());
    *upcall = made;
    return STATUS_OK;
}

static void upcall_leave(struct thread *thread) {
    struct upcall *upcall = thread->upcall;
    lock_acquire(&upcall->box->lock);
    LIST_REMOVE(upcall, link);
    kick_all(upcall->box);
    lock_release(&upcall->box->lock);
    thread->upcall = 0;
    __atomic_and_fetch(&thread->demands, (uint8_t)~DEMAND_UPCALL, __ATOMIC_SEQ_CST);
    arch_upcall_destroy(upcall->room);
    heap_free(upcall->spare);
    heap_free(upcall);
    account_discharge(thread->process->account, ACCOUNT_MEMORY_PAGES, 1);
}

static enum status upcall_enter(struct thread *thread, uint64_t entry, uint64_t stack) {
    struct upcall *upcall;
    enum status status = upcall_create(&upcall);
    if (status != STATUS_OK)
        return status;
    upcall->entry = entry;
    upcall->stack = stack;
    thread->upcall = upcall;
    lock_acquire(&upcall->box->lock);
    LIST_INSERT_HEAD(&upcall->box->upcalls, upcall, link);
    kick_all(upcall->box);
    lock_release(&upcall->box->lock);
    return STATUS_OK;
}

enum status upcall_set(uint64_t entry, uint64_t stack) {
    struct thread *thread = thread_current();
    struct upcall *upcall = thread->upcall;
    if (upcall != 0 && upcall->running)
        return STATUS_BUSY;
    if (entry == 0) {
        if (upcall != 0)
            upcall_leave(thread);
        return STATUS_OK;
    }
    if (upcall == 0)
        return upcall_enter(thread, entry, stack);
    upcall->entry = entry;
    upcall->stack = stack;
    return STATUS_OK;
}

// ---- masks ----

enum status upcall_mask_set(uint64_t mask, uint64_t *before) {
    struct upcall *upcall = thread_current()->upcall;
    if (upcall == 0)
        return STATUS_NOT_FOUND;
    lock_acquire(&upcall->box->lock);
    *before = upcall->mask;
    upcall->mask = mask;
    kick_all(upcall->box);
    lock_release(&upcall->box->lock);
    return STATUS_OK;
}

uint64_t upcall_pending(struct page_box *box) {
    lock_acquire(&box->lock);
    uint64_t types = box->signals | (TAILQ_EMPTY(&box->arrivals) ? 0 : UPCALL_MASK_PAGES);
    lock_release(&box->lock);
    return types;
}

// The lock is held. OK: something is there to be taken, or the sleep ended so.
static enum status sleep_locked(struct upcall *upcall, uint64_t deadline) {
    struct wait_for wait = {.reason = WAIT_UPCALL, .deadline = deadline};
    enum status status = STATUS_OK;
    while (status == STATUS_OK && !page_arrival_is_there(upcall))
        status = wait_queue_sleep(&upcall->box->sleepers, &upcall->box->lock, &wait);
    return status == STATUS_INTERRUPTED ? STATUS_OK : status;
}

static enum status events_wait(uint64_t deadline) {
    enum status status = event_queue_wait(event_queue_of(process_current()), deadline);
    return status == STATUS_INTERRUPTED ? STATUS_OK : status;
}

// The mask is lent: who ends the wait with an upcall gives it back after that, and without one, on the way back.
enum status upcall_wait(uint64_t mask, uint32_t flags, uint64_t deadline) {
    struct upcall *upcall = thread_current()->upcall;
    if (upcall == 0)
        return STATUS_NOT_FOUND;
    if (upcall->running)
        return STATUS_BUSY;
    lock_acquire(&upcall->box->lock);
    upcall->mask_before = upcall->mask;
    upcall->mask_is_lent = true;
    upcall->mask = mask;
    bool there = page_arrival_is_there(upcall);
    enum status status = there || (flags & UPCALL_WAIT_EVENTS) ? STATUS_OK : sleep_locked(upcall, deadline);
    lock_release(&upcall->box->lock);
    if (!there && (flags & UPCALL_WAIT_EVENTS))
        status = events_wait(deadline);
    thread_demand_own(DEMAND_UPCALL);
    return status;
}

// ---- going there and back ----

enum status upcall_return(uint64_t answer, uint32_t flags) {
    struct upcall *upcall = thread_current()->upcall;
    if (upcall == 0 || !upcall->running)
        return STATUS_NOT_FOUND;
    page_arrival_answer(upcall, answer, STATUS_OK);
    bool stays = flags & UPCALL_STAY;
    upcall->breaks_off = !stays && (upcall->breaks_off || !(upcall->restarts || (flags & UPCALL_RESTART)));
    if (!stays)
        thread_demand_own(DEMAND_RETURN);
    return STATUS_OK;
}

// The call that upcalls broke off, one after the other, is made anew if all of them want it so.
static void leave(struct upcall *upcall) {
    arch_upcall_leave(upcall->room, !upcall->breaks_off);
    upcall->breaks_off = false;
}

static void serve(struct thread *thread) {
    struct upcall *upcall = thread->upcall;
    const uint32_t ours = DEMAND_UPCALL | DEMAND_RETURN;
    uint32_t demands = __atomic_fetch_and(&thread->demands, (uint8_t)~ours, __ATOMIC_SEQ_CST);
    struct upcall_entry entry;
    if (upcall == 0) {
        arch_upcall_none();
        return;
    }
    bool takes = (demands & DEMAND_UPCALL) && page_arrival_take(upcall, &entry);
    bool returns = demands & DEMAND_RETURN;
    if (takes && returns)
        arch_upcall_follow(&entry);
    else if (takes)
        arch_upcall_enter(upcall->room, &entry);
    else if (returns)
        leave(upcall);
    else
        arch_upcall_none();
}

// Only its own thread takes it, so it cannot be late.
static bool fault(const struct upcall_fault *what) {
    struct upcall *upcall = thread_current()->upcall;
    if (upcall == 0)
        return false;
    lock_acquire(&upcall->box->lock);
    const struct page_handler *handler = page_handler_find(upcall->box, what->type);
    bool taken = handler != 0 && !handler->removing && takes(upcall, upcall_mask_bit(what->type));
    lock_release(&upcall->box->lock);
    if (!taken)
        return false;
    upcall->fault_type = what->type;
    upcall->fault_address = what->address;
    thread_demand_own(DEMAND_UPCALL);
    return true;
}

// A thread that leaves in the midst of an upcall has not taken what it was about.
static void upcall_thread_ended(struct thread *thread) {
    if (thread->upcall == 0)
        return;
    if (thread->upcall->running)
        page_arrival_answer(thread->upcall, PAGE_ABANDON, thread->process->ending ? STATUS_PEER_DIED : STATUS_NOTHING);
    upcall_leave(thread);
}

static enum status upcall_start(void) {
    upcall_serve = serve;
    upcall_fault = fault;
    return STATUS_OK;
}

SUBSYSTEM(upcall_subsystem) = {.name = "upcalls", .start = upcall_start};
THREAD_END(upcall_thread_ended);
