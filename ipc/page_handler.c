// Page handlers: made, found, and removed when their upcalls are over.
#include "ipc/page.h"

#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/space.h"
#include "kernel/process/subsystem.h"
#include "kernel/thread/thread.h"

// ---- the box ----

void page_box_release(struct page_box *box) {
    if (__atomic_sub_fetch(&box->references, 1, __ATOMIC_ACQ_REL) == 0)
        heap_free(box);
}

static enum status box_process_created(struct process *process) {
    struct page_box *box = heap_allocate(sizeof(struct page_box));
    if (box == 0)
        return STATUS_NO_MEMORY;
    box->lock = LOCK_INITIAL(RANK_OBJECT);
    box->references = 1;
    box->process = process;
    LIST_INIT(&box->handlers);
    TAILQ_INIT(&box->arrivals);
    LIST_INIT(&box->upcalls);
    wait_queue_start(&box->sleepers);
    process->attachments[ATTACHMENT_PAGES] = box;
    return STATUS_OK;
}

// Ends what is queued for a handler (null: for any), one by one: a transfer is let go of without the lock.
static void arrivals_end(struct page_box *box, const struct page_handler *handler) {
    struct page_transfer *transfer;
    do {
        lock_acquire(&box->lock);
        TAILQ_FOREACH(transfer, &box->arrivals, link) {
            if (handler == 0 || transfer->handler == handler)
                break;
        }
        if (transfer != 0)
            page_transfer_end_locked(transfer, STATUS_PEER_DIED, false);
        lock_release(&box->lock);
        if (transfer != 0)
            page_transfer_release(transfer);
    } while (transfer != 0);
}

static void box_process_ended(struct process *process) {
    struct page_box *box = page_box_of(process);
    lock_acquire(&box->lock);
    box->closed = true;
    lock_release(&box->lock);
    arrivals_end(box, 0);
    lock_acquire(&box->lock);
    box->process = 0;
    lock_release(&box->lock);
}

static void box_process_freed(struct process *process) {
    struct page_box *box = page_box_of(process);
    if (box != 0)
        page_box_release(box);
}

// What becomes of a child is a signal to its parent, where that has a handler for it.
static void tell_parent(struct process *parent, struct process *child) {
    (void)!page_signal(parent, PAGE_TYPE_CHILD, child);
}

SUBSYSTEM(page_subsystem) = {
    .name = "pages",
    .process_created = box_process_created,
    .process_ended = box_process_ended,
    .child_changed = tell_parent,
    .process_freed = box_process_freed,
};

// ---- the object ----

static void handler_last_number_closed(struct object *object) {
    struct page_handler *handler = (struct page_handler *)object;
    struct page_box *box = handler->box;
    lock_acquire(&box->lock);
    bool entered = !handler->closed;
    if (entered)
        LIST_REMOVE(handler, link);
    handler->closed = true;
    lock_release(&box->lock);
    if (entered)
        arrivals_end(box, handler);
}

static void handler_destroy(struct object *object) {
    page_box_release(((struct page_handler *)object)->box);
}

static void handler_describe(struct object *object, struct writer *out) {
    struct page_handler *handler = (struct page_handler *)object;
    lock_acquire(&handler->box->lock);
    struct page_handler copy = *handler;
    uint32_t free_threads = 0;
    const struct upcall *upcall;
    LIST_FOREACH(upcall, &handler->box->upcalls, link) {
        free_threads += !upcall->running && !(upcall->mask & upcall_mask_bit(handler->type));
    }
    lock_release(&handler->box->lock);
    writer_format(out, "type: %u\nprocess: %u\nfunction: %#llx\nwindow: %#llx, %u pages\n", copy.type, copy.box->id,
                  (unsigned long long)copy.function, (unsigned long long)copy.window.base, copy.window.pages);
    writer_format(out, "queued: %u\nrunning: %u\nthreads that could take it: %u\n", copy.queued, copy.running,
                  free_threads);
    writer_format(out, "accepted: %llu\nabandoned: %llu\nrefused: %llu\npages: %llu\n",
                  (unsigned long long)copy.accepted, (unsigned long long)copy.abandoned,
                  (unsigned long long)copy.refused, (unsigned long long)copy.loaded);
}

static void handler_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    edges->count = 1;
    edges->processes[0] = ((struct page_handler *)object)->box->id;
}

static struct lock *handler_lock(struct object *object) {
    return &((struct page_handler *)object)->box->lock;
}

const struct object_type page_handler_type = {
    .name = "handler",
    .kind = OBJECT_PAGE_HANDLER,
    .size = sizeof(struct page_handler),
    .lock_rank = RANK_OBJECT,
    .rights = RIGHT_MANAGE | RIGHT_COPY,
    .last_number_closed = handler_last_number_closed,
    .destroy = handler_destroy,
    .describe = handler_describe,
    .wait_edges = handler_edges,
    .lock_of = handler_lock,
};

// ---- making ----

static enum status plan_check(const struct page_handler_plan *plan) {
    bool signal = plan->type < PAGE_TYPE_SIGNALS;
    if (plan->type == 0 || (plan->flags & ~(uint32_t)PAGE_HANDLER_RESTART) != 0 || plan->pages > PAGE_WINDOW_MAX ||
        (signal && plan->pages != 0) || (plan->pages == 0 && plan->window != 0))
        return STATUS_INVALID_ARGUMENT;
    return user_range_check((struct user_address){plan->function}, 1);
}

static enum status window_make(struct process *process, const struct page_handler_plan *plan, uint64_t *base) {
    *base = 0;
    return plan->pages == 0 ? STATUS_OK : pages_window_create(process->space, plan->window, plan->pages, base);
}

enum status page_handler_create(struct process *process, const struct page_handler_plan *plan,
                                struct page_handler **handler) {
    uint64_t base;
    enum status status = plan_check(plan);
    if (status == STATUS_OK)
        status = window_make(process, plan, &base);
    if (status != STATUS_OK)
        return status;
    struct object *object;
    status = object_create(&page_handler_type, process->account, "pages", &object);
    if (status != STATUS_OK) {
        if (plan->pages != 0)
            space_unmap(process->space, base, plan->pages * PAGE_SIZE);
        return status;
    }
    struct page_handler *made = (struct page_handler *)object;
    made->box = page_box_of(process);
    __atomic_fetch_add(&made->box->references, 1, __ATOMIC_RELAXED);
    made->type = plan->type;
    made->flags = plan->flags;
    made->function = plan->function;
    made->window = (struct page_window){.base = base, .pages = (uint32_t)plan->pages};
    made->closed = true;
    *handler = made;
    return STATUS_OK;
}

enum status page_handler_enter(struct page_handler *handler) {
    struct page_box *box = handler->box;
    lock_acquire(&box->lock);
    bool exists = page_handler_find(box, handler->type) != 0;
    if (!exists) {
        box->id = box->process->id;
        LIST_INSERT_HEAD(&box->handlers, handler, link);
        handler->closed = false;
    }
    lock_release(&box->lock);
    return exists ? STATUS_EXISTS : STATUS_OK;
}

struct page_handler *page_handler_find(struct page_box *box, uint32_t type) {
    struct page_handler *handler;
    LIST_FOREACH(handler, &box->handlers, link) {
        if (handler->type == type)
            break;
    }
    return handler;
}

// ---- removing ----

static bool runs_elsewhere(const struct page_handler *handler) {
    const struct upcall *own = thread_current()->upcall;
    uint32_t mine = own != 0 && own->running && own->handler == handler ? 1 : 0;
    return handler->running > mine;
}

enum status page_handler_quiesce(struct page_handler *handler, uint64_t deadline) {
    struct wait_for wait = {&handler->object, WAIT_PAGE_HANDLER, 0, deadline};
    enum status status = STATUS_OK;
    lock_acquire(&handler->box->lock);
    handler->removing = true;
    while (status == STATUS_OK && runs_elsewhere(handler))
        status = wait_queue_sleep(&handler->object.waiters, &handler->box->lock, &wait);
    if (status != STATUS_OK) {
        handler->removing = false;
        upcall_kick_locked(handler->box, upcall_mask_bit(handler->type));
    }
    lock_release(&handler->box->lock);
    return status;
}
