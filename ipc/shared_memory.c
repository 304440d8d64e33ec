// Offers of shared memory: made, answered, withdrawn.
#include "ipc/shared_memory.h"

#include "kernel/abi/event.h"
#include "kernel/base/debugger.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/object/trace.h"
#include "kernel/process/subsystem.h"

LIST_HEAD(shared_offer_list, shared_offer);

// What each process has. All of it under the offers' lock.
struct offer_table {
    struct shared_offer_list made;
    struct shared_offer_list received;
    uint32_t next_id;
    bool closed; // the process ended
};

static struct lock offers_lock = LOCK_INITIAL(RANK_OBJECT);

static struct offer_table *table_of(const struct process *process) {
    return process->attachments[ATTACHMENT_OFFERS];
}

// ---- events ----

static EVENT event_for(const struct shared_offer *offer, enum shared_action action, uint32_t other) {
    return (EVENT){
        .Type = EVENT_SHARED_MEMORY,
        .Action = action,
        .Data1 = offer->id,
        .Data2 = other,
        .Data3 = (uint32_t)offer->memory->pages,
    };
}

static void receiver_tell(struct shared_offer *offer, enum shared_action action) {
    EVENT event = event_for(offer, action, offer->maker);
    notice_raise(&offer->to_receiver, &event);
}

static void maker_tell(struct shared_offer *offer, enum shared_action action) {
    EVENT event = event_for(offer, action, offer->receiver);
    notice_raise(&offer->to_maker, &event);
}

static enum status offered_take(struct notice *notice, struct process *taker, EVENT *event) {
    (void)taker;
    (void)event;
    struct shared_offer *offer = (struct shared_offer *)notice->owner;
    lock_acquire(&offers_lock);
    offer->seen = true;
    lock_release(&offers_lock);
    return STATUS_OK;
}

// ---- the end of an offer ----

// Takes it off both lists; the lists' reference passes to the caller, who calls offer_end. The lock is held.
static void offer_close_locked(struct shared_offer *offer) {
    offer->open = false;
    LIST_REMOVE(offer, made);
    LIST_REMOVE(offer, received);
}

static void offer_end(struct shared_offer *offer) {
    account_discharge(offer->object.account, ACCOUNT_PIPES_UNREAD, 1);
    object_number_removed(&offer->memory->object);
    object_release(&offer->object);
}

// The receiver that never saw the offer need not know that it is gone.
static void offer_withdraw_locked(struct shared_offer *offer) {
    trace(.operation = TRACE_MEMORY_WITHDRAWN, .object = &offer->memory->object, .peer = offer->receiver,
          .id = offer->id);
    offer_close_locked(offer);
    notice_cancel(&offer->to_receiver);
    if (offer->seen)
        receiver_tell(offer, SHARED_WITHDRAWN);
}

static void offer_answer_locked(struct shared_offer *offer, enum shared_action action) {
    trace(.operation = action == SHARED_ACCEPTED ? TRACE_MEMORY_ACCEPTED : TRACE_MEMORY_REFUSED,
          .object = &offer->memory->object, .peer = offer->maker, .id = offer->id);
    offer_close_locked(offer);
    notice_cancel(&offer->to_receiver);
    maker_tell(offer, action);
}

// ---- the object ----

static void offer_destroy(struct object *object) {
    struct shared_offer *offer = (struct shared_offer *)object;
    notice_end(&offer->to_receiver);
    notice_end(&offer->to_maker);
    object_release(&offer->memory->object);
}

static void offer_describe(struct object *object, struct writer *out) {
    struct shared_offer *offer = (struct shared_offer *)object;
    lock_acquire(&offers_lock);
    bool open = offer->open, seen = offer->seen;
    lock_release(&offers_lock);
    writer_format(out, "offer: %u\nfrom: %u\nto: %u\nrights: %#x\n", offer->id, offer->maker, offer->receiver,
                  offer->rights);
    writer_format(out, "open: %s\nseen: %s\n", open ? "yes" : "no", seen ? "yes" : "no");
}

const struct object_type shared_offer_type = {
    .name = "offer",
    .kind = OBJECT_OFFER,
    .size = sizeof(struct shared_offer),
    .lock_rank = RANK_OBJECT_INNER,
    .destroy = offer_destroy,
    .describe = offer_describe,
};

// ---- making ----

static void notice_set_up(struct notice *notice, struct shared_offer *offer, struct process *told,
                          struct process *about) {
    notice_start(notice, told->notice_target, &offer->object, offer->memory->object.id);
    notice->process = about->id;
    notice->user = about->user;
}

static void offer_fill(struct shared_offer *offer, struct process *maker, struct process *receiver,
                       struct memory *memory) {
    object_retain(&memory->object);
    offer->memory = memory;
    offer->maker = maker->id;
    offer->receiver = receiver->id;
    notice_set_up(&offer->to_receiver, offer, receiver, maker);
    notice_set_up(&offer->to_maker, offer, maker, receiver);
    offer->to_receiver.take = offered_take;
}

static void kept_finish(struct kept_operation *kept, bool drop) {
    struct shared_offer *offer = (struct shared_offer *)kept->object;
    lock_acquire(&offers_lock);
    if (offer->open && !drop) {
        offer->kept = false;
        receiver_tell(offer, SHARED_OFFERED);
    }
    lock_release(&offers_lock);
    object_release(&offer->object);
}

// True: its receiver is not to know of it yet, or at all. Its maker waits for the answer as ever.
__attribute__((noinline, cold)) static bool is_kept_locked(struct shared_offer *offer) {
    struct trace_note note = {.operation = TRACE_MEMORY_OFFERED,
                              .object = &offer->memory->object,
                              .peer = offer->receiver,
                              .id = offer->id,
                              .size = offer->memory->pages * PAGE_SIZE};
    struct kept_operation kept = {.finish = kept_finish, .object = &offer->object};
    offer->kept = trace_ask_or_keep(&note, TRACE_MAY_DROP | TRACE_MAY_HOLD, &kept) != TRACE_GO;
    return offer->kept;
}

// Enters it in both lists, which take over the caller's reference, and tells the receiver.
static enum status offer_enter(struct shared_offer *offer, struct process *maker, struct process *receiver,
                               uint32_t *id) {
    struct offer_table *table = table_of(receiver);
    enum status status = STATUS_PEER_DIED;
    lock_acquire(&offers_lock);
    if (!table->closed) {
        status = STATUS_OK;
        do
            table->next_id++;
        while (table->next_id == 0); // ids in use are as few as the charges for them
        *id = offer->id = table->next_id;
        offer->open = true;
        LIST_INSERT_HEAD(&table_of(maker)->made, offer, made);
        LIST_INSERT_HEAD(&table->received, offer, received);
        object_number_added(&offer->memory->object);
        if (!trace_is_on() || !is_kept_locked(offer))
            receiver_tell(offer, SHARED_OFFERED);
    }
    lock_release(&offers_lock);
    return status;
}

static enum status offer_make_charged(struct process *maker, struct process *receiver, struct memory *memory,
                                      uint32_t rights, uint32_t *id) {
    struct object *object;
    enum status status = object_create(&shared_offer_type, maker->account, memory->object.name, &object);
    if (status != STATUS_OK)
        return status;
    struct shared_offer *offer = (struct shared_offer *)object;
    offer->rights = rights;
    offer_fill(offer, maker, receiver, memory);
    status = offer_enter(offer, maker, receiver, id);
    if (status != STATUS_OK)
        object_release(object);
    return status;
}

enum status shared_offer_make(struct process *maker, struct process *receiver, struct memory *memory, uint32_t rights,
                              uint32_t *id) {
    enum status status = account_charge(maker->account, ACCOUNT_PIPES_UNREAD, 1);
    if (status != STATUS_OK)
        return status;
    status = offer_make_charged(maker, receiver, memory, rights, id);
    if (status != STATUS_OK)
        account_discharge(maker->account, ACCOUNT_PIPES_UNREAD, 1);
    return status;
}

// ---- answering ----

// Closes the receiver's offer `id` with an answer; null: there is none (now).
static struct shared_offer *offer_answer(struct process *receiver, uint32_t id, enum shared_action action) {
    struct shared_offer *offer;
    lock_acquire(&offers_lock);
    LIST_FOREACH(offer, &table_of(receiver)->received, received) {
        if (offer->id == id && !offer->kept)
            break;
    }
    if (offer != 0)
        offer_answer_locked(offer, action);
    lock_release(&offers_lock);
    return offer;
}

enum status shared_offer_accept(struct process *receiver, uint32_t id, int32_t *number) {
    enum status status = number_reserve(&receiver->numbers, number);
    if (status != STATUS_OK)
        return status;
    struct shared_offer *offer = offer_answer(receiver, id, SHARED_ACCEPTED);
    if (offer == 0) {
        number_unreserve(&receiver->numbers, *number);
        return STATUS_NOT_FOUND;
    }
    number_insert_reserved(&receiver->numbers, *number, &offer->memory->object, offer->rights);
    offer_end(offer);
    return STATUS_OK;
}

enum status shared_offer_refuse(struct process *receiver, uint32_t id) {
    struct shared_offer *offer = offer_answer(receiver, id, SHARED_REFUSED);
    if (offer == 0)
        return STATUS_NOT_FOUND;
    offer_end(offer);
    return STATUS_OK;
}

// ---- what each process has ----

static enum status offers_process_created(struct process *process) {
    struct offer_table *table = heap_allocate(sizeof(struct offer_table));
    if (table == 0)
        return STATUS_NO_MEMORY;
    LIST_INIT(&table->made);
    LIST_INIT(&table->received);
    process->attachments[ATTACHMENT_OFFERS] = table;
    return STATUS_OK;
}

// Closes one offer that the ended process made or got; null: there is no more.
static struct shared_offer *ended_next(struct offer_table *table) {
    lock_acquire(&offers_lock);
    table->closed = true;
    struct shared_offer *offer = LIST_FIRST(&table->received);
    if (offer != 0) {
        offer_answer_locked(offer, SHARED_REFUSED);
    } else {
        offer = LIST_FIRST(&table->made);
        if (offer != 0)
            offer_withdraw_locked(offer);
    }
    lock_release(&offers_lock);
    return offer;
}

static void offers_process_ended(struct process *process) {
    struct shared_offer *offer;
    while ((offer = ended_next(table_of(process))) != 0)
        offer_end(offer);
}

static void offers_process_freed(struct process *process) {
    heap_free(process->attachments[ATTACHMENT_OFFERS]);
}

SUBSYSTEM(offers_subsystem) = {
    .name = "offers",
    .process_created = offers_process_created,
    .process_ended = offers_process_ended,
    .process_freed = offers_process_freed,
};
