// Memory objects: frames by page number in two levels, both made when first needed.
#include "kernel/memory/memory.h"

#include <arch/alias.h>

#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/heap.h"
#include "kernel/object/account.h"
#include "kernel/thread/scheduler.h"

enum { ENTRY_SIZE = sizeof(uint64_t) };

static uint64_t leaf_count(const struct memory *memory) {
    return (memory->pages + MEMORY_LEAF_PAGES - 1) / MEMORY_LEAF_PAGES;
}

static uint64_t leaf_pages(const struct memory *memory, uint64_t leaf) {
    uint64_t rest = memory->pages - leaf * MEMORY_LEAF_PAGES;
    return rest < MEMORY_LEAF_PAGES ? rest : MEMORY_LEAF_PAGES;
}

// What bookkeeping of so many entries is charged as, in pages: that of small objects is covered by the limit on objects.
static uint64_t bookkeeping_pages(uint64_t entries) {
    return (entries * ENTRY_SIZE + PAGE_SIZE / 2) / PAGE_SIZE;
}

// A zeroed array of the heap's, charged.
static enum status entries_create(struct account *account, uint64_t count, void **entries) {
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, bookkeeping_pages(count));
    if (status != STATUS_OK)
        return status;
    *entries = heap_allocate(count * ENTRY_SIZE);
    if (*entries != 0)
        return STATUS_OK;
    account_discharge(account, ACCOUNT_MEMORY_PAGES, bookkeeping_pages(count));
    return STATUS_NO_MEMORY;
}

static void entries_destroy(struct account *account, uint64_t count, void *entries) {
    heap_free(entries);
    account_discharge(account, ACCOUNT_MEMORY_PAGES, bookkeeping_pages(count));
}

static inline uint64_t slot_physical(uint64_t slot) {
    return slot & ~(uint64_t)(PAGE_SIZE - 1);
}

static void leaf_destroy(struct memory *memory, uint64_t leaf) {
    uint64_t *frames = memory->leaves[leaf];
    uint64_t count = leaf_pages(memory, leaf);
    for (uint64_t i = 0; i < count; i++)
        if (frames[i] != 0)
            frame_release_own(memory->object.account,
                              slot_physical(frames[i])); // pages that were sent may hold it, and pay for it
    entries_destroy(memory->object.account, count, frames);
}

static void memory_destroy(struct object *object) {
    struct memory *memory = object_as_memory(object);
    if (memory->source != 0)
        memory->source->release(memory->source);
    if (memory->leaves == 0)
        return;
    for (uint64_t leaf = 0; leaf < leaf_count(memory); leaf++) {
        if (memory->leaves[leaf] == 0)
            continue;
        leaf_destroy(memory, leaf);
        scheduler_preemption_point();
    }
    entries_destroy(object->account, leaf_count(memory), memory->leaves);
}

static void memory_describe(struct object *object, struct writer *out) {
    struct memory *memory = object_as_memory(object);
    lock_acquire(&object->lock);
    uint64_t resident = memory->resident;
    uint32_t writers = memory->writable_mappings;
    bool sealed = memory->sealed;
    lock_release(&object->lock);
    writer_format(out, "pages: %lu\nresident: %lu\nwritable mappings: %u\nsealed: %s\n", memory->pages, resident,
                  writers, sealed ? "yes" : "no");
    if (memory->part_of != 0)
        writer_format(out, "part of: %lu\ndead: %s\n", memory->part_of, memory->dead ? "yes" : "no");
}

const struct object_type memory_type = {
    .name = "memory",
    .kind = OBJECT_SHARED_MEMORY,
    .size = sizeof(struct memory),
    .lock_rank = RANK_MEMORY,
    .rights = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_COPY | RIGHT_SEND | RIGHT_MANAGE,
    .destroy = memory_destroy,
    .describe = memory_describe,
    .wait_edges = memory_wait_edges,
};

enum status memory_create(struct account *account, uint64_t size, const char *name, struct memory **memory) {
    uint64_t pages = size / PAGE_SIZE + (size % PAGE_SIZE != 0);
    if (pages == 0)
        return STATUS_INVALID_ARGUMENT;
    if (pages > (uint64_t)MEMORY_LEAF_PAGES * MEMORY_LEAVES_MAX)
        return STATUS_TOO_LARGE;
    struct object *object;
    enum status status = object_create(&memory_type, account, name, &object);
    if (status != STATUS_OK)
        return status;
    struct memory *made = object_as_memory(object);
    made->pages = pages;
    void *leaves;
    status = entries_create(account, leaf_count(made), &leaves);
    if (status != STATUS_OK) {
        object_release(object);
        return status;
    }
    made->leaves = leaves;
    *memory = made;
    return STATUS_OK;
}

// The place of a page's frame; its leaf is made. The object's lock is held.
static enum status slot_find(struct memory *memory, uint64_t page, uint64_t **slot) {
    uint64_t leaf = page / MEMORY_LEAF_PAGES;
    if (__builtin_expect(memory->leaves[leaf] == 0, 0)) {
        void *frames;
        enum status status = entries_create(memory->object.account, leaf_pages(memory, leaf), &frames);
        if (status != STATUS_OK)
            return status;
        memory->leaves[leaf] = frames;
    }
    *slot = &memory->leaves[leaf][page % MEMORY_LEAF_PAGES];
    return STATUS_OK;
}

static enum status page_make(struct memory *memory, uint64_t page, uint64_t *physical) {
    uint64_t *slot;
    enum status status = slot_find(memory, page, &slot);
    if (status == STATUS_OK && *slot == 0 && memory->source != 0)
        return STATUS_WOULD_WAIT;
    if (status == STATUS_OK && *slot == 0) {
        status = frame_allocate(memory->object.account, FRAME_ZEROED, slot);
        if (status == STATUS_OK)
            memory->resident++;
    }
    if (status == STATUS_OK)
        *physical = slot_physical(*slot);
    return status;
}

void memory_note_written(struct memory *memory, uint64_t page) {
    lock_acquire(&memory->object.lock);
    uint64_t *slot = memory_slot_look(memory, page);
    if (slot != 0)
        *slot |= MEMORY_WRITTEN;
    lock_release(&memory->object.lock);
}

enum status memory_page_take(struct memory *memory, uint64_t page, uint64_t *physical) {
    lock_acquire(&memory->object.lock);
    uint64_t *slot = page < memory->pages ? memory_slot_look(memory, page) : 0;
    if (slot != 0) {
        *physical = slot_physical(*slot);
        *slot = 0;
        memory->resident--;
    }
    lock_release(&memory->object.lock);
    return slot != 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status memory_page_fetch(struct memory *memory, uint64_t page, uint64_t *physical, bool *written) {
    if (page >= memory->pages)
        return STATUS_INVALID_ARGUMENT;
    lock_acquire(&memory->object.lock);
    uint64_t *slot = memory_slot_look(memory, page);
    if (slot != 0) {
        *physical = slot_physical(*slot);
        *written = *slot & MEMORY_WRITTEN;
        *slot &= ~(uint64_t)MEMORY_WRITTEN;
        frame_retain(*physical);
    }
    lock_release(&memory->object.lock);
    return slot != 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status memory_page(struct memory *memory, uint64_t page, uint64_t *physical) {
    if (page >= memory->pages)
        return STATUS_INVALID_ARGUMENT;
    lock_acquire(&memory->object.lock);
    enum status status = page_make(memory, page, physical);
    if (status == STATUS_OK)
        frame_retain(*physical);
    lock_release(&memory->object.lock);
    return status;
}

enum status memory_await(struct memory *memory, uint64_t page, uint32_t access) {
    if (memory->source == 0)
        return memory_page_own(memory, page);
    return memory->source->await(memory->source, page, access);
}

enum status memory_page_wait(struct memory *memory, uint64_t page, uint64_t *physical) {
    enum status status;
    while ((status = memory_page(memory, page, physical)) == STATUS_WOULD_WAIT) {
        status = memory_await(memory, page, 0);
        if (status != STATUS_OK)
            break;
    }
    return status;
}

enum status memory_page_put(struct memory *memory, uint64_t page, uint64_t physical) {
    uint64_t *slot;
    if (page >= memory->pages)
        return STATUS_INVALID_ARGUMENT;
    lock_acquire(&memory->object.lock);
    enum status status = slot_find(memory, page, &slot);
    if (status == STATUS_OK && *slot != 0)
        status = STATUS_EXISTS;
    if (status == STATUS_OK) {
        *slot = physical;
        memory->resident++;
    }
    lock_release(&memory->object.lock);
    return status;
}

uint64_t memory_page_if_there(struct memory *memory, uint64_t page) {
    if (page >= memory->pages)
        return 0;
    lock_acquire(&memory->object.lock);
    const uint64_t *slot = memory_slot_look(memory, page);
    uint64_t physical = slot != 0 ? slot_physical(*slot) : 0;
    if (physical != 0)
        frame_retain(physical);
    lock_release(&memory->object.lock);
    return physical;
}

uint64_t memory_next_page(struct memory *memory, uint64_t page) {
    uint64_t leaf = page / MEMORY_LEAF_PAGES;
    lock_acquire(&memory->object.lock);
    while (leaf < leaf_count(memory) && memory->leaves[leaf] == 0)
        leaf++;
    lock_release(&memory->object.lock);
    return leaf == page / MEMORY_LEAF_PAGES ? page : leaf * MEMORY_LEAF_PAGES;
}

static enum status range_check(const struct memory *memory, uint64_t offset, size_t size) {
    uint64_t end;
    if (__builtin_add_overflow(offset, size, &end) || end > memory->pages * PAGE_SIZE)
        return STATUS_INVALID_ARGUMENT;
    return STATUS_OK;
}

// How much of a transfer lies in the page that `offset` is in.
static size_t part_in_page(uint64_t offset, size_t size) {
    size_t rest = PAGE_SIZE - offset % PAGE_SIZE;
    return size < rest ? size : rest;
}

enum status memory_read(struct memory *memory, uint64_t offset, void *to, size_t size) {
    enum status status = range_check(memory, offset, size);
    while (status == STATUS_OK && size > 0) {
        size_t part = part_in_page(offset, size);
        uint64_t physical = memory_page_if_there(memory, offset / PAGE_SIZE);
        if (physical == 0 && memory->source != 0) {
            status = memory_await(memory, offset / PAGE_SIZE, 0);
            continue;
        }
        if (physical != 0) {
            memcpy(to, (const char *)alias_pointer(physical) + offset % PAGE_SIZE, part);
            frame_release(memory->object.account, physical);
        } else {
            memset(to, 0, part);
        }
        to = (char *)to + part;
        offset += part;
        size -= part;
    }
    return status;
}

// Under the lock, so that no byte changes once it is sealed.
static enum status write_part(struct memory *memory, uint64_t offset, const void *from, size_t size) {
    uint64_t physical;
    lock_acquire(&memory->object.lock);
    enum status status = memory->sealed ? STATUS_BUSY : page_make(memory, offset / PAGE_SIZE, &physical);
    if (status == STATUS_OK && (*memory_slot_look(memory, offset / PAGE_SIZE) & MEMORY_LENT))
        status = STATUS_WOULD_WAIT;
    if (status == STATUS_OK)
        memcpy((char *)alias_pointer(physical) + offset % PAGE_SIZE, from, size);
    if (status == STATUS_OK && memory->source != 0)
        *memory_slot_look(memory, offset / PAGE_SIZE) |= MEMORY_WRITTEN;
    lock_release(&memory->object.lock);
    return status;
}

enum status memory_write(struct memory *memory, uint64_t offset, const void *from, size_t size) {
    enum status status = range_check(memory, offset, size);
    while (status == STATUS_OK && size > 0) {
        size_t part = part_in_page(offset, size);
        status = write_part(memory, offset, from, part);
        if (status == STATUS_WOULD_WAIT) {
            status = memory_await(memory, offset / PAGE_SIZE, 1);
            continue;
        }
        from = (const char *)from + part;
        offset += part;
        size -= part;
    }
    return status;
}

enum status memory_adopt(uint64_t physical, uint64_t size, const char *name, struct memory **memory) {
    assert(physical % PAGE_SIZE == 0);
    enum status status = memory_create(0, size, name, memory);
    if (status != STATUS_OK)
        return status;
    frame_adopt(physical, (*memory)->pages);
    if (size % PAGE_SIZE != 0)
        memset((char *)alias_pointer(physical) + size, 0, PAGE_SIZE - size % PAGE_SIZE);
    for (uint64_t page = 0; page < (*memory)->pages; page++) {
        uint64_t *slot;
        status = slot_find(*memory, page, &slot);
        if (status != STATUS_OK)
            return status; // at boot: the caller panics
        *slot = physical + page * PAGE_SIZE;
    }
    (*memory)->resident = (*memory)->pages;
    return STATUS_OK;
}

enum status memory_seal(struct memory *memory) {
    lock_acquire(&memory->object.lock);
    bool is_written = memory->writable_mappings > 0;
    if (!is_written)
        memory->sealed = true;
    lock_release(&memory->object.lock);
    return is_written ? STATUS_BUSY : STATUS_OK;
}

enum status memory_add_writer(struct memory *memory) {
    lock_acquire(&memory->object.lock);
    bool sealed = memory->sealed;
    if (!sealed)
        memory->writable_mappings++;
    lock_release(&memory->object.lock);
    return sealed ? STATUS_BUSY : STATUS_OK;
}

void memory_remove_writer(struct memory *memory) {
    lock_acquire(&memory->object.lock);
    assert(memory->writable_mappings > 0);
    memory->writable_mappings--;
    lock_release(&memory->object.lock);
}
