// Offers of shared memory: made, accepted, refused, withdrawn.
#include "ipc/shared_memory.h"

#include "ipc/gate.h"
#include "kernel/abi/event.h"
#include "kernel/base/assert.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"

struct offer {
    struct object object;
    LIST_ENTRY(offer) received_link; // [offers_lock]
    LIST_ENTRY(offer) made_link;     // [offers_lock]
    struct memory *memory;           // [I] a reference
    uint32_t rights;                 // [I]
    uint32_t id;                     // [I] the receiver's name for it
    uint32_t from, to;               // [I] process ids
    bool pending;                    // [offers_lock] on both lists
    struct notice offered;           // at the receiver
    struct notice answer;            // at the maker
};

LIST_HEAD(offer_list, offer);

struct offer_table {
    struct offer_list received, made;
    uint32_t last_id;
    bool closed; // the process ended
};

// Offers are few and answered by people or at start-up: one lock for all of them.
static struct lock offers_lock = {.rank = RANK_OBJECT_INNER};

static struct offer_table *table_of(const struct process *process) {
    return process->attachments[ATTACHMENT_OFFERS];
}

// ---- the object ----

static void offer_destroy(struct object *object) {
    struct offer *offer = (struct offer *)object;
    assert(!offer->pending);
    notice_end(&offer->offered);
    notice_end(&offer->answer);
    object_release(&offer->memory->object);
}

static void offer_describe(struct object *object, struct writer *out) {
    struct offer *offer = (struct offer *)object;
    writer_format(out, "memory: %llu\nfrom: %u\nto: %u\nanswered: %s\n", (unsigned long long)offer->memory->object.id,
                  offer->from, offer->to, offer->pending ? "no" : "yes");
}

static const struct object_type offer_type = {
    .name = "offer",
    .kind = OBJECT_OFFER,
    .size = sizeof(struct offer),
    .lock_rank = RANK_OBJECT,
    .destroy = offer_destroy,
    .describe = offer_describe,
};

// ---- events ----

static EVENT offer_event(const struct offer *offer, enum shared_action action, uint32_t other) {
    uint64_t pages = offer->memory->pages;
    return (EVENT){
        .Type = EVENT_SHARED_MEMORY,
        .Action = action,
        .Data1 = offer->id,
        .Data2 = other,
        .Data3 = pages < UINT32_MAX ? (uint32_t)pages : UINT32_MAX,
    };
}

static void tell_receiver(struct offer *offer, enum shared_action action) {
    EVENT event = offer_event(offer, action, offer->from);
    notice_raise(&offer->offered, &event);
}

static void tell_maker(struct offer *offer, enum shared_action action) {
    EVENT event = offer_event(offer, action, offer->to);
    notice_raise(&offer->answer, &event);
}

// ---- lists ----

static enum status offer_enter(struct offer *offer, struct process *from, struct process *to) {
    enum status status = STATUS_PEER_DIED;
    lock_acquire(&offers_lock);
    struct offer_table *received = table_of(to), *made = table_of(from);
    if (!received->closed && !made->closed) {
        offer->id = ++received->last_id;
        if (received->last_id == UINT32_MAX)
            received->last_id = 0;
        offer->pending = true;
        LIST_INSERT_HEAD(&received->received, offer, received_link);
        LIST_INSERT_HEAD(&made->made, offer, made_link);
        object_retain(&offer->object);
        tell_receiver(offer, SHARED_OFFERED);
        status = STATUS_OK;
    }
    lock_release(&offers_lock);
    return status;
}

// The lists' reference passes to the caller.
static void offer_unlink_locked(struct offer *offer) {
    LIST_REMOVE(offer, received_link);
    LIST_REMOVE(offer, made_link);
    offer->pending = false;
}

static struct offer *offer_take(struct process *process, uint32_t id) {
    struct offer *offer;
    lock_acquire(&offers_lock);
    LIST_FOREACH(offer, &table_of(process)->received, received_link) {
        if (offer->id == id)
            break;
    }
    if (offer != 0)
        offer_unlink_locked(offer);
    lock_release(&offers_lock);
    return offer;
}

static void offer_finish(struct offer *offer) {
    account_discharge(offer->object.account, ACCOUNT_PIPES_UNREAD, 1);
    object_release(&offer->object);
}

static void offer_answer(struct offer *offer, enum shared_action action) {
    notice_cancel(&offer->offered);
    tell_maker(offer, action);
    offer_finish(offer);
}

// ---- the operations ----

static enum status offer_create(struct process *from, struct process *to, const struct offer_terms *terms,
                                struct offer **offer) {
    struct object *object;
    enum status status = object_create(&offer_type, from->account, terms->memory->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct offer *made = (struct offer *)object;
    made->memory = terms->memory;
    object_retain(&terms->memory->object);
    made->rights = terms->rights;
    made->from = from->id;
    made->to = to->id;
    notice_start(&made->offered, to->notice_target, object, terms->memory->object.id);
    notice_start(&made->answer, from->notice_target, object, terms->memory->object.id);
    made->offered.process = from->id;
    made->offered.user = from->user;
    made->answer.process = to->id;
    made->answer.user = to->user;
    *offer = made;
    return STATUS_OK;
}

static enum status offer_place(struct process *from, struct process *to, const struct offer_terms *terms,
                               uint32_t *id) {
    struct offer *offer;
    enum status status = offer_create(from, to, terms, &offer);
    if (status != STATUS_OK)
        return status;
    status = offer_enter(offer, from, to);
    *id = offer->id;
    object_release(&offer->object);
    return status;
}

enum status offer_make(struct process *from, struct process *to, const struct offer_terms *terms, uint32_t *id) {
    enum status status = gate_check(to, GATE_SHARED_MEMORY, from);
    if (status != STATUS_OK)
        return status;
    status = account_charge(from->account, ACCOUNT_PIPES_UNREAD, 1);
    if (status != STATUS_OK)
        return status;
    status = offer_place(from, to, terms, id);
    if (status != STATUS_OK)
        account_discharge(from->account, ACCOUNT_PIPES_UNREAD, 1);
    return status;
}

// The number's place is reserved before the offer is taken, so that it cannot be lost half-way.
enum status offer_accept(struct process *process, uint32_t id, int32_t *number) {
    enum status status = number_reserve(&process->numbers, number);
    if (status != STATUS_OK)
        return status;
    struct offer *offer = offer_take(process, id);
    if (offer == 0) {
        number_unreserve(&process->numbers, *number);
        return STATUS_NOT_FOUND;
    }
    number_insert_reserved(&process->numbers, *number, &offer->memory->object, offer->rights);
    offer_answer(offer, SHARED_ACCEPTED);
    return STATUS_OK;
}

enum status offer_refuse(struct process *process, uint32_t id) {
    struct offer *offer = offer_take(process, id);
    if (offer == 0)
        return STATUS_NOT_FOUND;
    offer_answer(offer, SHARED_REFUSED);
    return STATUS_OK;
}

// ---- what each process has ----

static enum status offers_created(struct process *process) {
    struct offer_table *table = heap_allocate(sizeof(struct offer_table));
    if (table == 0)
        return STATUS_NO_MEMORY;
    LIST_INIT(&table->received);
    LIST_INIT(&table->made);
    process->attachments[ATTACHMENT_OFFERS] = table;
    return STATUS_OK;
}

// The next offer on one of a closed table's lists, unlinked; null: none.
static struct offer *list_take_first(struct offer_list *list) {
    lock_acquire(&offers_lock);
    struct offer *offer = LIST_FIRST(list);
    if (offer != 0)
        offer_unlink_locked(offer);
    lock_release(&offers_lock);
    return offer;
}

static void offers_ended(struct process *process) {
    struct offer_table *table = table_of(process);
    struct offer *offer;
    lock_acquire(&offers_lock);
    table->closed = true;
    lock_release(&offers_lock);
    while ((offer = list_take_first(&table->received)) != 0)
        offer_answer(offer, SHARED_REFUSED);
    while ((offer = list_take_first(&table->made)) != 0) {
        tell_receiver(offer, SHARED_WITHDRAWN);
        offer_finish(offer);
    }
}

static void offers_freed(struct process *process) {
    heap_free(process->attachments[ATTACHMENT_OFFERS]);
}

SUBSYSTEM(offers_subsystem) = {
    .name = "offers",
    .process_created = offers_created,
    .process_ended = offers_ended,
    .process_freed = offers_freed,
};
