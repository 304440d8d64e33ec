// Pagers: threads that wait for pages, told to the memory daemon by link, one after the other.
#include "ipc/pager.h"

#include "kernel/base/clock.h"
#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/object/account.h"
#include "kernel/object/trace.h"
#include "kernel/thread/thread.h"

static uint64_t orders; // [a] given out so far

static struct pager *pager_at(struct memory_source *source) {
    return (struct pager *)((char *)source - offsetof(struct pager, source));
}

static struct lock *lock_of(const struct pager *pager) {
    return &pager->end->link->lock;
}

// ---- with the lock held ----

// The first fault goes into the link's bytes, and the daemon is signalled.
static void first_tell(struct pager *pager) {
    struct pager_fault *first = TAILQ_FIRST(&pager->faults);
    union {
        struct link_fault told;
        struct link_bytes bytes;
    } content;
    if (first == 0 || !link_peer_is_open(pager->end))
        return;
    content.told = (struct link_fault){
        .memory = pager->memory_id,
        .page = first->page,
        .access = first->access,
        .process = first->process,
        .waiting = pager->waiting,
    };
    pager->end->link->bytes = content.bytes;
    link_signal_locked(link_peer(pager->end));
}

static void fault_enter(struct pager *pager, struct pager_fault *fault) {
    TAILQ_INSERT_TAIL(&pager->faults, fault, link);
    pager->waiting++;
    pager->object.operations++;
    trace(.operation = TRACE_PAGER_ASKED, .object = &pager->object, .peer = link_peer_process(pager->end),
          .id = fault->page, .size = PAGE_SIZE);
    if (TAILQ_FIRST(&pager->faults) == fault)
        first_tell(pager);
}

static void fault_remove(struct pager *pager, struct pager_fault *fault) {
    TAILQ_REMOVE(&pager->faults, fault, link);
    pager->waiting--;
    fault->answered = true;
}

// ---- waiting for a page ----

// The lock is held, and let go meanwhile. At the deadline it looks a last time.
static enum status fault_wait(struct pager *pager, struct pager_fault *fault) {
    uint64_t deadline = clock_now() + pager->patience;
    struct wait_for wait = {
        .object = &pager->object, .reason = WAIT_PAGE, .key = fault->page + 1, .deadline = deadline};
    enum status status = STATUS_OK, ended = STATUS_OK;
    while (!fault->answered && status == STATUS_OK) {
        status = link_peer_is_open(pager->end) ? ended : STATUS_PEER_DIED;
        if (status == STATUS_OK)
            ended = wait_queue_sleep(&pager->end->object.waiters, lock_of(pager), &wait);
    }
    if (fault->answered)
        return fault->status;
    pager->late += status == STATUS_TIMED_OUT;
    trace(.operation = TRACE_PAGER_LATE, .object = &pager->object, .id = fault->page, .cause = fault->page,
          .status = status);
    bool was_first = TAILQ_FIRST(&pager->faults) == fault;
    fault_remove(pager, fault);
    if (was_first)
        first_tell(pager);
    return status;
}

static bool page_is_there(struct pager *pager, uint64_t page) {
    uint64_t physical = memory_page_if_there(pager->memory, page);
    if (physical != 0)
        frame_release(pager->memory->object.account, physical);
    return physical != 0;
}

static enum status pager_await(struct memory_source *source, uint64_t page, uint32_t access) {
    struct pager *pager = pager_at(source);
    struct pager_fault fault = {.page = page, .access = access, .process = thread_current()->process->id};
    enum status status = STATUS_OK;
    object_retain(&pager->object);
    lock_acquire(lock_of(pager));
    if (!page_is_there(pager, page)) {
        fault_enter(pager, &fault);
        status = fault_wait(pager, &fault);
    }
    lock_release(lock_of(pager));
    object_release(&pager->object);
    return status;
}

// ---- answers ----

void pager_answer(struct pager *pager, uint64_t page, enum status answer) {
    lock_acquire(lock_of(pager));
    struct pager_fault *first = TAILQ_FIRST(&pager->faults);
    struct pager_fault *fault = first;
    while (fault != 0) {
        struct pager_fault *next = TAILQ_NEXT(fault, link);
        if (fault->page == page) {
            fault->status = answer;
            fault_remove(pager, fault);
        }
        fault = next;
    }
    pager->supplied += answer == STATUS_OK;
    pager->refused += answer != STATUS_OK;
    trace(.operation = TRACE_PAGER_ANSWERED, .object = &pager->object, .id = page, .cause = page, .size = PAGE_SIZE,
          .status = answer);
    wait_queue_wake_key(&pager->end->object.waiters, page + 1, UINT32_MAX);
    if (TAILQ_FIRST(&pager->faults) != first)
        first_tell(pager);
    lock_release(lock_of(pager));
}

enum status pager_give(struct pager *pager, uint64_t page, uint64_t physical) {
    enum status status = memory_page_put(pager->memory, page, physical);
    if (status == STATUS_OK || status == STATUS_EXISTS)
        pager_answer(pager, page, STATUS_OK);
    return status;
}

// ---- the object ----

static void source_answer(struct memory_source *source, uint64_t page, enum status answer) {
    pager_answer(pager_at(source), page, answer);
}

static bool source_is_gone(struct memory_source *source) {
    struct pager *pager = pager_at(source);
    lock_acquire(lock_of(pager));
    bool gone = !link_peer_is_open(pager->end);
    lock_release(lock_of(pager));
    return gone;
}

static void source_release(struct memory_source *source) {
    object_release(&pager_at(source)->object);
}

static void pager_destroy(struct object *object) {
    struct pager *pager = (struct pager *)object;
    if (pager->end == 0)
        return;
    object_number_removed(&pager->end->object);
    object_release(&pager->end->object);
}

static void pager_describe(struct object *object, struct writer *out) {
    struct pager *pager = (struct pager *)object;
    if (pager->end == 0)
        return;
    lock_acquire(lock_of(pager));
    uint32_t waiting = pager->waiting;
    uint64_t supplied = pager->supplied, refused = pager->refused, late = pager->late;
    lock_release(lock_of(pager));
    writer_format(out, "memory: %llu\nlink: %llu\npatience: %llu ns\norder: %llu\n",
                  (unsigned long long)pager->memory_id, (unsigned long long)pager->end->object.id,
                  (unsigned long long)pager->patience, (unsigned long long)pager->order);
    writer_format(out, "waiting: %u\nsupplied: %llu\nrefused: %llu\nwaited for in vain: %llu\n", waiting,
                  (unsigned long long)supplied, (unsigned long long)refused, (unsigned long long)late);
}

// A page comes from whoever holds the daemon's end.
static void pager_edges(struct object *object, enum wait_reason reason, struct wait_edges *edges) {
    (void)reason;
    struct pager *pager = (struct pager *)object;
    if (pager->end != 0)
        link_peer_holders(pager->end, edges);
}

const struct object_type pager_type = {
    .name = "pager",
    .kind = OBJECT_PAGER,
    .size = sizeof(struct pager),
    .lock_rank = RANK_OBJECT_INNER,
    .destroy = pager_destroy,
    .describe = pager_describe,
    .wait_edges = pager_edges,
};

// ---- making ----

static void order_get(struct process *maker) {
    uint64_t none = 0, order = __atomic_add_fetch(&orders, 1, __ATOMIC_RELAXED);
    __atomic_compare_exchange_n(&maker->pager_order, &none, order, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static enum status pager_create_for(struct process *maker, const struct pager_create *wish, struct memory *memory,
                                    struct pager **pager) {
    struct object *object;
    enum status status = object_create(&pager_type, maker->account, maker->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct pager *made = *pager = (struct pager *)object;
    made->source = (struct memory_source){
        .await = pager_await, .answer = source_answer, .release = source_release, .is_gone = source_is_gone};
    made->memory = memory;
    made->memory_id = memory->object.id;
    made->patience = wish->patience != 0 ? wish->patience : PAGER_PATIENCE_DEFAULT;
    made->order = maker->pager_order;
    TAILQ_INIT(&made->faults);
    return STATUS_OK;
}

enum status pager_make(struct process *maker, const struct pager_create *wish, struct link_end *end,
                       struct memory **memory) {
    struct pager *pager = 0;
    if (wish->patience > PAGER_PATIENCE_MAX || wish->reserved != 0)
        return STATUS_INVALID_ARGUMENT;
    enum status status = memory_create(maker->account, wish->size, "paged", memory);
    if (status != STATUS_OK)
        return status;
    order_get(maker);
    status = pager_create_for(maker, wish, *memory, &pager);
    if (status != STATUS_OK) {
        object_release(&(*memory)->object);
        return status;
    }
    object_retain(&end->object);
    object_number_added(&end->object);
    pager->end = end;
    (*memory)->source = &pager->source;
    return STATUS_OK;
}

struct pager *pager_of(const struct memory *memory) {
    struct memory_source *source = memory->source;
    return source != 0 && source->await == pager_await ? pager_at(source) : 0;
}

enum status pager_may_map(const struct process *process, const struct memory *memory) {
    const struct pager *pager = pager_of(memory);
    uint64_t order = __atomic_load_n(&process->pager_order, __ATOMIC_RELAXED);
    return pager != 0 && order != 0 && pager->order >= order ? STATUS_DEADLOCK : STATUS_OK;
}
