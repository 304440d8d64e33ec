// The object: what everything that a program can hold starts with, and the one table that all are in.
//
// Rules: an object is made with one reference, the maker's. Each number that names it is a reference and counts in
// `numbers` too; when the last number is closed, the type's last_number_closed is told (once, without locks); when the last
// reference goes, destroy is called and the memory freed. `type`, `id`, `account` never change. Objects embed struct object
// first; object_as_* downcasts check the kind. The letters: [I] immutable, [a] atomic, [l] object's lock, [r] registry's lock.
#pragma once

#include <bsd/sys/queue.h>

#include "kernel/abi/object.h"
#include "kernel/abi/status.h"
#include "kernel/object/watch.h"
#include "kernel/sync/lock.h"
#include "kernel/thread/wait.h"

struct account;
struct object;
struct thread;
struct writer;

// Who could end a wait for an object: ids of processes.
struct wait_edges {
    uint32_t count;
    uint32_t processes[WAIT_WAKERS_MAX];
};

struct object_type {
    const char *name; // as in OBJECT_KIND_LIST
    enum object_kind kind;
    uint32_t size;                                               // of the whole structure
    uint8_t lock_rank;                                           // enum lock_rank
    uint32_t rights;                                             // that a first number has
    bool gathered;                                               // number tables count those that come in
    void (*last_number_closed)(struct object *object);           // may be null
    void (*destroy)(struct object *object);                      // frees what hangs on it, not itself; may be null
    void (*describe)(struct object *object, struct writer *out); // lines `key: value` after the head's; may be null.
                                                                 // Takes the object's lock itself where it must
    void (*wait_edges)(struct object *object, enum wait_reason reason, struct wait_edges *edges); // may be null
    uint32_t (*conditions)(
        struct object *object); // enum watch_condition true now; its lock is held. Null: cannot be watched
    struct lock *(*lock_of)(
        struct object *object); // the lock that guards waiters and watches, where it is not the object's
                                // own (a pair shares one); null: its own
    const struct thread *(*thread_of)(
        const struct object *object);        // the one thread that may use it, by a negative number; null: none may
    void (*catch_up)(struct object *object); // what a thread put off on it until it sleeps or ends; may be null
};

struct object {
    const struct object_type *type; // [I]
    uint64_t id;                    // [I] never given out again
    uint32_t references;            // [a]
    uint32_t numbers;               // [a]
    struct lock lock;
    struct account *account;          // [I] charged for it, a reference; null: the kernel
    struct wait_queue waiters;        // [l]
    struct object_watch_list watches; // [l]
    uint64_t operations;              // [l] or by one CPU at a time: an instrument, may miss a beat
    LIST_ENTRY(object) registry_link; // [r]
    char name[NAME_SIZE];             // [I] after publication
};

// Allocates (zeroed), charges ACCOUNT_OBJECTS and enters the table. `account` may be null.
// Returns LIMIT_REACHED or NO_MEMORY; *object is set only with OK.
enum status object_create(const struct object_type *type, struct account *account, const char *name,
                          struct object **object);

static inline struct object *object_retain(struct object *object) {
    __atomic_fetch_add(&object->references, 1, __ATOMIC_RELAXED);
    return object;
}

static inline struct lock *object_lock(struct object *object) {
    return object->type->lock_of != 0 ? object->type->lock_of(object) : &object->lock;
}

// Tells watchers that conditions became true. The object's lock is held.
static inline void object_signal(struct object *object, uint32_t conditions) {
    if (!LIST_EMPTY(&object->watches))
        object_signal_watches(object, conditions);
}

void object_destroy(struct object *object); // called by object_release alone

static inline void object_release(struct object *object) {
    if (__atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL) == 0)
        object_destroy(object);
}

// Notes one more, or one less, number of the object's (kernel/object/numbers.c).
void object_number_added(struct object *object);
void object_number_removed(struct object *object);

// Finds a live object by id, with a reference; null where there is none.
struct object *object_find(uint64_t id);

// The next live object above `after` of `kind` (OBJECT_ANY: any), with a reference; null: no more.
struct object *object_next(enum object_kind kind, uint64_t after);

// As object_next without lock and reference: for a debugger, while no other CPU runs.
struct object *object_peek(enum object_kind kind, uint64_t after);

// Objects alive.
uint32_t object_count(void);

void object_inform(struct object *object, struct object_information *information);

// Writes the head's lines, then the type's.
void object_describe(struct object *object, struct writer *out);

const char *object_kind_name(enum object_kind kind);

// To be called once before the first object.
void object_start(void);
