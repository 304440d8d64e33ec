// The number table of a process: which objects it holds, and with which rights.
//
// Rules: all functions take the table's lock themselves. An object found comes with a reference that the caller releases.
#pragma once

#include "kernel/object/object.h"

struct number_slot {
    struct object *object; // null: free
    uint32_t rights;
    uint32_t generation : 17;
    uint32_t next_free : 15; // the next free slot, in the order of closing; while it is used: its close is told
};

_Static_assert(sizeof(struct number_slot) == 16, "a slot's place is found by shifts");

enum {
    NUMBER_CHUNK_SLOTS = PAGE_SIZE / sizeof(struct number_slot),
    NUMBER_CHUNKS = (NUMBER_INDEX_MAX + 1) / NUMBER_CHUNK_SLOTS,
};

struct number_table {
    struct lock lock;        // RANK_NUMBERS
    struct account *account; // charged ACCOUNT_NUMBERS
    uint32_t used;
    uint32_t slots;                 // slots made so far
    uint32_t first_free, last_free; // 0: none
    bool closed;                    // the process ended: nothing more goes in
    uint32_t gathered;              // how many of a gathered type (struct object_type) ever came in
    void (*close_told)(struct number_table *table, int32_t number); // [I] see number_tell_close
    struct number_slot *chunks[NUMBER_CHUNKS];
};

void number_table_start(struct number_table *table, struct account *account);

// Gives the object a number; takes its own reference. LIMIT_REACHED, NO_MEMORY, PEER_DIED (the table was closed); an object
// that has no other number then is told last_number_closed.
enum status number_insert(struct number_table *table, struct object *object, uint32_t rights, int32_t *number);

// Reserves a place so that a later number_insert_reserved cannot fail; or gives the place back.
enum status number_reserve(struct number_table *table, int32_t *number);
void number_insert_reserved(struct number_table *table, int32_t number, struct object *object, uint32_t rights);
void number_unreserve(struct number_table *table, int32_t number);

// Finds the object: BAD_NUMBER, WRONG_TYPE (kind is not OBJECT_ANY and another), NO_RIGHT (not all of `rights` there).
enum status number_find(struct number_table *table, int32_t number, enum object_kind kind, uint32_t rights,
                        struct object **object);

// As number_find with OBJECT_ANY, and says the rights.
enum status number_find_rights(struct number_table *table, int32_t number, struct object **object, uint32_t *rights);

// An object on its way to another table: it counts as one of its numbers until it arrives or is dropped (R-B8).
struct number_cargo {
    struct object *object; // a reference; null: nothing travels
    uint32_t rights;       // that it will have
};

// Loads what `number` names, with what is left of its rights. BAD_NUMBER, NO_RIGHT (it lacks RIGHT_SEND).
enum status number_cargo_load(struct number_table *table, int32_t number, uint32_t rights, struct number_cargo *cargo);
__attribute__((preserve_most, noinline, cold)) void number_cargo_let_go(struct number_cargo *cargo); // there is one

static inline void number_cargo_drop(struct number_cargo *cargo) {
    if (__builtin_expect(cargo->object != 0, 0))
        number_cargo_let_go(cargo);
}

enum status number_close(struct number_table *table, int32_t number);

// Has the table's `close_told` called, without a lock held, when this number is closed; not where the whole table is. BAD_NUMBER:
// it does not name `object` any more.
enum status number_tell_close(struct number_table *table, int32_t number, const struct object *object);

struct number_entry {
    struct object *object; // a reference
    int32_t number;
    uint32_t rights;
};

// The first object of this kind whose slot is above *index, which moves up to it. False: no more.
bool number_next(struct number_table *table, enum object_kind kind, uint32_t *index, struct number_entry *entry);

// Closes all and lets nothing in any more. Calls may run on it on other CPUs.
void number_table_close_all(struct number_table *table);
void number_table_free(struct number_table *table);
