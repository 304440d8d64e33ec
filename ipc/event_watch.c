// Watches of a process: kept by number in a few buckets, each with the notice that it raises, until their number is closed.
#include "ipc/event_watch.h"

#include "kernel/abi/event.h"
#include "kernel/memory/heap.h"
#include "kernel/process/subsystem.h"

enum { WATCH_BUCKETS = 16 };

struct event_watch {
    struct object_watch watch;
    struct notice notice;
    LIST_ENTRY(event_watch) link; // [table's lock]
    struct object *object;        // [I] a reference
    int32_t number;               // [I]
    uint32_t key;                 // [table's lock]
};

LIST_HEAD(event_watch_list, event_watch);

struct watch_table {
    struct lock lock; // below the locks of all that can be watched
    struct event_watch_list buckets[WATCH_BUCKETS];
};

// Called under the watched object's lock.
static void watch_fire(struct object_watch *watch, uint32_t conditions) {
    struct event_watch *self = (struct event_watch *)watch;
    EVENT event = {
        .Type = EVENT_READY,
        .Action = conditions,
        .Data1 = (uint32_t)self->number,
        .Data2 = self->key,
    };
    notice_raise(&self->notice, &event);
}

static void watch_free(struct process *process, struct event_watch *watch) {
    object_watch_remove(watch->object, &watch->watch);
    notice_end(&watch->notice);
    object_release(watch->object);
    heap_free(watch);
    account_discharge(process->account, ACCOUNT_OBJECTS, 1);
}

static void watches_free(struct process *process, struct event_watch_list *list) {
    while (!LIST_EMPTY(list)) {
        struct event_watch *watch = LIST_FIRST(list);
        LIST_REMOVE(watch, link);
        watch_free(process, watch);
    }
}

static enum status watch_create(struct process *process, int32_t number, struct object *object,
                                struct event_watch **watch) {
    enum status status = account_charge(process->account, ACCOUNT_OBJECTS, 1);
    if (status != STATUS_OK)
        return status;
    struct event_watch *made = heap_allocate(sizeof(struct event_watch));
    if (made == 0) {
        account_discharge(process->account, ACCOUNT_OBJECTS, 1);
        return STATUS_NO_MEMORY;
    }
    made->watch.fire = watch_fire;
    made->number = number;
    made->object = object_retain(object);
    notice_start(&made->notice, process->notice_target, 0, object->id);
    *watch = made;
    return STATUS_OK;
}

// ---- the table of a process ----

static struct event_watch_list *watch_bucket(struct watch_table *table, int32_t number) {
    return &table->buckets[number % WATCH_BUCKETS];
}

// The table's lock is held.
static struct event_watch *watch_find(struct watch_table *table, int32_t number) {
    struct event_watch *watch;
    LIST_FOREACH(watch, watch_bucket(table, number), link)
        if (watch->number == number)
            break;
    return watch;
}

// Sets the number's watch anew, or takes it away; `spare` is used where there was none. What is not needed goes to `unused`.
// A number that is closed meanwhile either is seen here, or finds the watch once this lets go of the table.
static enum status watch_replace(struct process *process, struct event_watch *spare, uint32_t conditions, uint32_t key,
                                 struct event_watch_list *unused) {
    struct watch_table *table = process->attachments[ATTACHMENT_WATCHES];
    lock_acquire(&table->lock);
    struct event_watch *watch = watch_find(table, spare->number);
    enum status status = number_tell_close(&process->numbers, spare->number, spare->object);
    if (status == STATUS_OK && conditions != 0 && watch == 0) {
        watch = spare;
        LIST_INSERT_HEAD(watch_bucket(table, spare->number), spare, link);
    } else {
        LIST_INSERT_HEAD(unused, spare, link);
    }
    if (status == STATUS_OK && conditions != 0) {
        object_watch_remove(watch->object, &watch->watch);
        notice_cancel(&watch->notice);
        watch->key = key;
        object_watch_set(watch->object, &watch->watch, conditions);
    } else if (status == STATUS_OK && watch != 0) {
        LIST_REMOVE(watch, link);
        LIST_INSERT_HEAD(unused, watch, link);
    }
    lock_release(&table->lock);
    return status;
}

static enum status watch_set_on(struct process *process, int32_t number, struct object *object, uint32_t conditions,
                                uint32_t key) {
    if (object->type->conditions == 0)
        return STATUS_WRONG_TYPE;
    struct event_watch *spare;
    enum status status = watch_create(process, number, object, &spare);
    if (status != STATUS_OK)
        return status;
    struct event_watch_list unused = LIST_HEAD_INITIALIZER(unused);
    status = watch_replace(process, spare, conditions, key, &unused);
    watches_free(process, &unused);
    return status;
}

enum status event_watch_set(struct process *process, int32_t number, uint32_t conditions, uint32_t key) {
    if ((conditions & ~(uint32_t)WATCH_ALL) != 0)
        return STATUS_INVALID_ARGUMENT;
    struct object *object;
    enum status status = number_find(&process->numbers, number, OBJECT_ANY, RIGHT_WAIT, &object);
    if (status != STATUS_OK)
        return status;
    status = watch_set_on(process, number, object, conditions, key);
    object_release(object);
    return status;
}

// ---- what each process has ----

static void watch_number_closed(struct number_table *numbers, int32_t number) {
    struct process *process = (struct process *)((char *)numbers - offsetof(struct process, numbers));
    struct watch_table *table = process->attachments[ATTACHMENT_WATCHES];
    lock_acquire(&table->lock);
    struct event_watch *watch = watch_find(table, number);
    if (watch != 0)
        LIST_REMOVE(watch, link);
    lock_release(&table->lock);
    if (watch != 0)
        watch_free(process, watch);
}

static enum status watch_process_created(struct process *process) {
    struct watch_table *table = heap_allocate(sizeof(struct watch_table));
    if (table == 0)
        return STATUS_NO_MEMORY;
    table->lock = LOCK_INITIAL(RANK_PROCESS_TREE);
    for (size_t i = 0; i < WATCH_BUCKETS; i++)
        LIST_INIT(&table->buckets[i]);
    process->attachments[ATTACHMENT_WATCHES] = table;
    process->numbers.close_told = watch_number_closed;
    return STATUS_OK;
}

static void watch_process_ended(struct process *process) {
    struct watch_table *table = process->attachments[ATTACHMENT_WATCHES];
    for (size_t i = 0; i < WATCH_BUCKETS; i++)
        watches_free(process, &table->buckets[i]);
}

static void watch_process_freed(struct process *process) {
    heap_free(process->attachments[ATTACHMENT_WATCHES]);
}

SUBSYSTEM(watch_subsystem) = {
    .name = "watches",
    .process_created = watch_process_created,
    .process_ended = watch_process_ended,
    .process_freed = watch_process_freed,
};
