// The object table: ids, the registry that finds objects by id, and the life of each from creation to destruction.
#include "kernel/object/object.h"

#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/memory/heap.h"
#include "kernel/object/account.h"
#include "kernel/object/trace.h"

// Ids are dense, so a bucket by their low bits keeps chains short; a chain is sorted newest first.
enum { REGISTRY_BUCKETS = 2048 };

LIST_HEAD(object_list, object);

static struct {
    struct lock lock;
    uint64_t next_id;
    uint32_t count;
    struct object_list buckets[REGISTRY_BUCKETS];
} registry = {.lock = LOCK_INITIAL(RANK_REGISTRY), .next_id = 1};

void object_start(void) {
    for (size_t i = 0; i < REGISTRY_BUCKETS; i++)
        LIST_INIT(&registry.buckets[i]);
}

static struct object_list *registry_bucket(uint64_t id) {
    return &registry.buckets[id % REGISTRY_BUCKETS];
}

static void registry_enter(struct object *object) {
    lock_acquire(&registry.lock);
    object->id = registry.next_id++;
    registry.count++;
    LIST_INSERT_HEAD(registry_bucket(object->id), object, registry_link);
    lock_release(&registry.lock);
}

static void registry_leave(struct object *object) {
    lock_acquire(&registry.lock);
    registry.count--;
    LIST_REMOVE(object, registry_link);
    lock_release(&registry.lock);
}

enum status object_create(const struct object_type *type, struct account *account, const char *name,
                          struct object **object) {
    enum status status = account_charge(account, ACCOUNT_OBJECTS, 1);
    if (status != STATUS_OK)
        return status;
    struct object *made = heap_allocate(type->size);
    if (made == 0) {
        account_discharge(account, ACCOUNT_OBJECTS, 1);
        return STATUS_NO_MEMORY;
    }
    made->type = type;
    made->references = 1;
    made->lock = LOCK_INITIAL(type->lock_rank);
    made->account = account;
    if (account != 0)
        object_retain(&account->object);
    wait_queue_start(&made->waiters);
    string_copy_padded(made->name, name, NAME_SIZE);
    registry_enter(made);
    if (trace_is_on())
        trace_record_name(TRACE_OBJECT_MADE, made, type->kind);
    *object = made;
    return STATUS_OK;
}

void object_destroy(struct object *object) {
    assert(object->numbers == 0);
    assert(wait_queue_is_empty(&object->waiters));
    registry_leave(object);
    if (trace_is_on())
        trace_record_name(TRACE_OBJECT_GONE, object, object->type->kind);
    if (object->type->destroy != 0)
        object->type->destroy(object);
    struct account *account = object->account;
    account_discharge(account, ACCOUNT_OBJECTS, 1);
    heap_free(object);
    if (account != 0)
        object_release(&account->object);
}

void object_number_added(struct object *object) {
    __atomic_fetch_add(&object->numbers, 1, __ATOMIC_RELAXED);
}

void object_number_removed(struct object *object) {
    if (__atomic_sub_fetch(&object->numbers, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    if (object->type->last_number_closed != 0)
        object->type->last_number_closed(object);
}

// Takes a reference unless the object is on its way out: its last reference went, but it is still in the registry.
static bool object_retain_live(struct object *object) {
    uint32_t references = __atomic_load_n(&object->references, __ATOMIC_RELAXED);
    while (references != 0)
        if (__atomic_compare_exchange_n(&object->references, &references, references + 1, true, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return true;
    return false;
}

struct object *object_find(uint64_t id) {
    struct object *found = 0;
    lock_acquire(&registry.lock);
    struct object *object;
    LIST_FOREACH(object, registry_bucket(id), registry_link) {
        if (object->id == id && object_retain_live(object)) {
            found = object;
            break;
        }
    }
    lock_release(&registry.lock);
    return found;
}

// The lowest id above `after` in one bucket; null: none.
static struct object *bucket_next(struct object_list *bucket, enum object_kind kind, uint64_t after) {
    struct object *best = 0;
    struct object *object;
    LIST_FOREACH(object, bucket, registry_link) {
        if (object->id <= after)
            break; // newest first: the rest is older still
        if ((kind == OBJECT_ANY || object->type->kind == kind) && object->references != 0)
            best = object;
    }
    return best;
}

// Ids are dense, so most often the next id's bucket has it; a round over all buckets finds it in any case.
static struct object *registry_next(enum object_kind kind, uint64_t after) {
    struct object *best = 0;
    for (uint64_t step = 1; step <= REGISTRY_BUCKETS; step++) {
        struct object *object = bucket_next(registry_bucket(after + step), kind, after);
        if (object != 0 && object->id == after + step)
            return object;
        if (object != 0 && (best == 0 || object->id < best->id))
            best = object;
    }
    return best;
}

struct object *object_next(enum object_kind kind, uint64_t after) {
    lock_acquire(&registry.lock);
    struct object *object = registry_next(kind, after);
    while (object != 0 && !object_retain_live(object))
        object = registry_next(kind, object->id);
    lock_release(&registry.lock);
    return object;
}

struct object *object_peek(enum object_kind kind, uint64_t after) {
    return registry_next(kind, after);
}

uint32_t object_count(void) {
    return __atomic_load_n(&registry.count, __ATOMIC_RELAXED);
}

static uint32_t object_waiter_count(struct object *object) {
    uint32_t count = 0;
    struct waiter *waiter;
    struct lock *lock = object_lock(object); // asked once: an object may get its pair's lock while it is looked at
    lock_acquire(lock);
    TAILQ_FOREACH(waiter, &object->waiters.list, link) {
        count++;
    }
    lock_release(lock);
    return count;
}

void object_inform(struct object *object, struct object_information *information) {
    *information = (struct object_information){
        .id = object->id,
        .kind = object->type->kind,
        .references = object->references - 1, // the asker's own left out
        .owner = object->account != 0 ? object->account->process : 0,
        .waiters = object_waiter_count(object),
        .operations = object->operations,
    };
    string_copy_padded(information->name, object->name, NAME_SIZE);
}

void object_describe(struct object *object, struct writer *out) {
    struct object_information head;
    object_inform(object, &head);
    writer_format(out, "id: %llu\ntype: %s\nname: %s\n", (unsigned long long)head.id, object->type->name, head.name);
    writer_format(out, "references: %u\nnumbers: %u\nowner: %u\n", head.references, object->numbers, head.owner);
    writer_format(out, "waiters: %u\noperations: %llu\nlock waits: %u\n", head.waiters,
                  (unsigned long long)head.operations, object_lock(object)->waits);
    if (object->type->describe != 0)
        object->type->describe(object, out);
}

const char *object_kind_name(enum object_kind kind) {
    static const char *const names[OBJECT_KIND_COUNT] = {[OBJECT_ANY] = "any",
#define OBJECT_KIND_NAME(name, text) [OBJECT_##name] = text,
                                                         OBJECT_KIND_LIST(OBJECT_KIND_NAME)
#undef OBJECT_KIND_NAME
    };
    return kind < OBJECT_KIND_COUNT ? names[kind] : "unknown";
}
