// The number table: slots in chunks of a page; a closed slot goes to the end of the free list, so that its next use is far.
#include "kernel/object/numbers.h"

#include "kernel/base/assert.h"
#include "kernel/memory/frame.h"
#include "kernel/object/account.h"

// Reserved slots hold this instead of an object.
static const struct object_type reserved_type = {.name = "reserved"};
static struct object reserved_mark = {.type = &reserved_type};

static bool object_is_gathered(const struct object *object) {
    return object->type->gathered;
}

void number_table_start(struct number_table *table, struct account *account) {
    *table = (struct number_table){.lock = LOCK_INITIAL(RANK_NUMBERS), .account = account, .slots = 1};
    object_retain(&account->object);
}

static struct number_slot *slot_at(struct number_table *table, uint32_t index) {
    return &table->chunks[index / NUMBER_CHUNK_SLOTS][index % NUMBER_CHUNK_SLOTS];
}

static int32_t number_of(uint32_t index, const struct number_slot *slot) {
    return (int32_t)((uint32_t)slot->generation << NUMBER_INDEX_BITS | index);
}

// The slot that a number names, or null: never given out, closed since, or negative.
static struct number_slot *slot_of(struct number_table *table, int32_t number) {
    uint32_t index = (uint32_t)number & NUMBER_INDEX_MAX;
    if (number <= 0 || index == 0 || index >= table->slots)
        return 0;
    struct number_slot *slot = slot_at(table, index);
    return slot->object != 0 && slot->generation == (uint32_t)number >> NUMBER_INDEX_BITS ? slot : 0;
}

static uint32_t free_list_take(struct number_table *table) {
    uint32_t index = table->first_free;
    if (index == 0)
        return 0;
    table->first_free = slot_at(table, index)->next_free;
    if (table->first_free == 0)
        table->last_free = 0;
    return index;
}

static void free_list_append(struct number_table *table, uint32_t index) {
    slot_at(table, index)->next_free = 0;
    if (table->last_free != 0)
        slot_at(table, table->last_free)->next_free = index & NUMBER_INDEX_MAX;
    else
        table->first_free = index;
    table->last_free = index;
}

// A slot never used yet; `chunk` is a page for it where the table has none there. Null index 0: the table is full.
static uint32_t slot_make(struct number_table *table, void **chunk) {
    if (table->slots > NUMBER_INDEX_MAX)
        return 0;
    uint32_t place = table->slots / NUMBER_CHUNK_SLOTS;
    if (table->chunks[place] == 0) {
        table->chunks[place] = *chunk;
        *chunk = 0;
    }
    return table->slots++;
}

static bool needs_chunk(const struct number_table *table) {
    return table->first_free == 0 && table->slots <= NUMBER_INDEX_MAX &&
           table->chunks[table->slots / NUMBER_CHUNK_SLOTS] == 0;
}

// Memory for the next chunk is got before the lock is taken: nothing is allocated under it.
static enum status chunk_prepare(struct number_table *table, void **chunk) {
    *chunk = 0;
    if (!needs_chunk(table))
        return STATUS_OK;
    return page_allocate(table->account, FRAME_ZEROED, chunk);
}

static enum status slot_take_locked(struct number_table *table, void **chunk, uint32_t *index) {
    if (table->closed)
        return STATUS_PEER_DIED;
    if (needs_chunk(table) && *chunk == 0)
        return STATUS_BUSY; // another thread took the last slot meanwhile
    *index = free_list_take(table);
    if (*index == 0)
        *index = slot_make(table, chunk);
    return *index != 0 ? STATUS_OK : STATUS_LIMIT_REACHED;
}

// Puts `object` into a free slot and says its number.
static enum status slot_fill(struct number_table *table, struct object *object, uint32_t rights, int32_t *number) {
    enum status status;
    uint32_t index;
    void *chunk;
    do {
        status = chunk_prepare(table, &chunk);
        if (status != STATUS_OK)
            return status;
        lock_acquire(&table->lock);
        status = slot_take_locked(table, &chunk, &index);
        if (status == STATUS_OK) {
            struct number_slot *slot = slot_at(table, index);
            table->gathered += object_is_gathered(object);
            slot->object = object;
            slot->rights = rights;
            slot->next_free = false;
            table->used++;
            *number = number_of(index, slot);
        }
        lock_release(&table->lock);
        if (chunk != 0)
            page_free(table->account, chunk);
    } while (status == STATUS_BUSY);
    return status;
}

static enum status table_fill(struct number_table *table, struct object *object, uint32_t rights, int32_t *number) {
    enum status status = account_charge(table->account, ACCOUNT_NUMBERS, 1);
    if (status != STATUS_OK)
        return status;
    status = slot_fill(table, object, rights, number);
    if (status != STATUS_OK)
        account_discharge(table->account, ACCOUNT_NUMBERS, 1);
    return status;
}

enum status number_insert(struct number_table *table, struct object *object, uint32_t rights, int32_t *number) {
    object_retain(object);
    object_number_added(object);
    enum status status = table_fill(table, object, rights, number);
    if (status != STATUS_OK) {
        object_number_removed(object);
        object_release(object);
    }
    return status;
}

enum status number_reserve(struct number_table *table, int32_t *number) {
    return table_fill(table, &reserved_mark, 0, number);
}

void number_insert_reserved(struct number_table *table, int32_t number, struct object *object, uint32_t rights) {
    object_retain(object);
    object_number_added(object);
    lock_acquire(&table->lock);
    struct number_slot *slot = table->closed ? 0 : slot_of(table, number);
    assert(table->closed || (slot != 0 && slot->object == &reserved_mark));
    if (slot != 0) {
        table->gathered += object_is_gathered(object);
        slot->rights = rights;
        slot->object = object;
    }
    lock_release(&table->lock);
    if (slot == 0) { // the process ended meanwhile, and its places with it
        object_number_removed(object);
        object_release(object);
    }
}

// Empties a slot; says what it held.
static struct object *slot_empty(struct number_table *table, int32_t number, struct number_slot *slot) {
    struct object *object = slot->object;
    slot->object = 0;
    slot->rights = 0;
    slot->generation = (slot->generation + 1) & NUMBER_GENERATION_MAX;
    table->used--;
    free_list_append(table, (uint32_t)number & NUMBER_INDEX_MAX);
    return object;
}

void number_unreserve(struct number_table *table, int32_t number) {
    lock_acquire(&table->lock);
    struct number_slot *slot = table->closed ? 0 : slot_of(table, number);
    if (slot != 0) {
        assert(slot->object == &reserved_mark);
        slot_empty(table, number, slot);
    }
    lock_release(&table->lock);
    if (slot != 0)
        account_discharge(table->account, ACCOUNT_NUMBERS, 1);
}

enum status number_find_rights(struct number_table *table, int32_t number, struct object **object, uint32_t *rights) {
    enum status status = STATUS_BAD_NUMBER;
    lock_acquire(&table->lock);
    struct number_slot *slot = slot_of(table, number);
    if (slot != 0 && slot->object != &reserved_mark) {
        *object = object_retain(slot->object);
        *rights = slot->rights;
        status = STATUS_OK;
    }
    lock_release(&table->lock);
    return status;
}

enum status number_cargo_load(struct number_table *table, int32_t number, uint32_t rights, struct number_cargo *cargo) {
    struct object *object;
    uint32_t had;
    enum status status = number_find_rights(table, number, &object, &had);
    if (status != STATUS_OK)
        return status;
    if (!(had & RIGHT_SEND)) {
        object_release(object);
        return STATUS_NO_RIGHT;
    }
    object_number_added(object);
    *cargo = (struct number_cargo){.object = object, .rights = had & rights};
    return STATUS_OK;
}

__attribute__((preserve_most, noinline, cold)) void number_cargo_let_go(struct number_cargo *cargo) {
    object_number_removed(cargo->object);
    object_release(cargo->object);
    cargo->object = 0;
}

static enum status slot_check(const struct number_slot *slot, enum object_kind kind, uint32_t rights) {
    if (slot == 0 || slot->object == &reserved_mark)
        return STATUS_BAD_NUMBER;
    if (kind != OBJECT_ANY && slot->object->type->kind != kind)
        return STATUS_WRONG_TYPE;
    return (slot->rights & rights) == rights ? STATUS_OK : STATUS_NO_RIGHT;
}

enum status number_find(struct number_table *table, int32_t number, enum object_kind kind, uint32_t rights,
                        struct object **object) {
    lock_acquire(&table->lock);
    struct number_slot *slot = slot_of(table, number);
    enum status status = slot_check(slot, kind, rights);
    if (status == STATUS_OK)
        *object = object_retain(slot->object);
    lock_release(&table->lock);
    return status;
}

enum status number_tell_close(struct number_table *table, int32_t number, const struct object *object) {
    lock_acquire(&table->lock);
    struct number_slot *slot = slot_of(table, number);
    bool is_its = slot != 0 && slot->object == object;
    if (is_its)
        slot->next_free = true;
    lock_release(&table->lock);
    return is_its ? STATUS_OK : STATUS_BAD_NUMBER;
}

enum status number_close(struct number_table *table, int32_t number) {
    struct object *object = 0;
    bool is_told = false;
    lock_acquire(&table->lock);
    struct number_slot *slot = slot_of(table, number);
    if (slot != 0 && slot->object != &reserved_mark) {
        is_told = slot->next_free;
        object = slot_empty(table, number, slot);
    }
    lock_release(&table->lock);
    if (object == 0)
        return STATUS_BAD_NUMBER;
    if (is_told)
        table->close_told(table, number);
    account_discharge(table->account, ACCOUNT_NUMBERS, 1);
    object_number_removed(object);
    object_release(object);
    return STATUS_OK;
}

bool number_next(struct number_table *table, enum object_kind kind, uint32_t *index, struct number_entry *entry) {
    bool found = false;
    lock_acquire(&table->lock);
    while (!found && *index + 1 < table->slots) {
        struct number_slot *slot = slot_at(table, ++*index);
        found = slot->object != 0 && slot->object != &reserved_mark &&
                (kind == OBJECT_ANY || slot->object->type->kind == kind);
        if (found)
            *entry = (struct number_entry){object_retain(slot->object), number_of(*index, slot), slot->rights};
    }
    lock_release(&table->lock);
    return found;
}

// Takes what is in the next used slot from *index on; null: no more.
static struct object *table_take_next(struct number_table *table, uint32_t *index) {
    struct object *object = 0;
    lock_acquire(&table->lock);
    for (; object == 0 && *index < table->slots; (*index)++) {
        struct number_slot *slot = slot_at(table, *index);
        if (slot->object != 0)
            object = slot_empty(table, (int32_t)*index, slot);
    }
    lock_release(&table->lock);
    return object;
}

void number_table_close_all(struct number_table *table) {
    lock_acquire(&table->lock);
    table->closed = true;
    lock_release(&table->lock);
    uint32_t index = 1;
    struct object *object;
    while ((object = table_take_next(table, &index)) != 0) {
        account_discharge(table->account, ACCOUNT_NUMBERS, 1);
        if (object == &reserved_mark)
            continue;
        object_number_removed(object);
        object_release(object);
    }
}

void number_table_free(struct number_table *table) {
    assert(table->used == 0);
    for (size_t i = 0; i < NUMBER_CHUNKS; i++)
        if (table->chunks[i] != 0)
            page_free(table->account, table->chunks[i]);
    object_release(&table->account->object);
}
