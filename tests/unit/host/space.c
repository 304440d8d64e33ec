// Address spaces of the host: they keep what was mapped, and hand out addresses that nobody touches.
#include "kernel/memory/space.h"
#include "kernel/thread/scheduler.h"

#include <bsd/sys/queue.h>

#include "kernel/base/assert.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/memory.h"
#include "tests/unit/host/pages.h"
#include "tests/unit/host/space.h"

struct mapping {
    LIST_ENTRY(mapping) link;
    struct space_mapping what;
};

struct space {
    LIST_HEAD(mapping_list, mapping)
    mappings;
    uint64_t next; // the next free address
};

uint32_t space_gap_is_taken;

enum status space_create(struct account *account, struct space **space) {
    (void)account;
    struct space *made = heap_allocate(sizeof(struct space));
    if (made == 0)
        return STATUS_NO_MEMORY;
    made->next = UINT64_C(1) << 32;
    *space = made;
    return STATUS_OK;
}

static void mapping_remove(struct mapping *mapping) {
    struct space_mapping *what = &mapping->what;
    LIST_REMOVE(mapping, link);
    if (what->memory != 0 && (what->protection & PROTECTION_WRITE) && !(what->flags & MAP_COPY))
        memory_remove_writer(what->memory);
    if (what->owner != 0)
        object_release(what->owner);
    heap_free(mapping);
}

void space_destroy(struct space *space) {
    host_pages_forget(space, 0, UINT64_MAX);
    while (!LIST_EMPTY(&space->mappings))
        mapping_remove(LIST_FIRST(&space->mappings));
    heap_free(space);
}

bool space_is_sound(struct space *space) {
    (void)space;
    return true;
}

static struct mapping *mapping_find(struct space *space, uint64_t address, uint64_t size) {
    struct mapping *mapping;
    LIST_FOREACH(mapping, &space->mappings, link) {
        if (address < mapping->what.base + mapping->what.size && mapping->what.base < address + size)
            return mapping;
    }
    return 0;
}

bool space_mapping_at(struct space *space, uint64_t address, struct space_mapping *what) {
    struct mapping *mapping = mapping_find(space, address, 1);
    if (mapping != 0)
        *what = mapping->what;
    return mapping != 0;
}

static enum status mapping_add(struct space *space, struct space_mapping *what) {
    struct mapping *mapping = heap_allocate(sizeof(struct mapping));
    if (mapping == 0)
        return STATUS_NO_MEMORY;
    if (what->base == 0) {
        what->base = space->next;
        space->next += what->size + PAGE_SIZE;
    }
    if (what->owner != 0)
        object_retain(what->owner);
    mapping->what = *what;
    LIST_INSERT_HEAD(&space->mappings, mapping, link);
    return STATUS_OK;
}

// What the real one promises in space.h, as far as callers can see it.
static enum status request_check(struct space *space, const struct space_request *request) {
    uint64_t end;
    if (request->size == 0 || request->offset % PAGE_SIZE != 0)
        return STATUS_INVALID_ARGUMENT;
    if (__builtin_add_overflow(request->offset, request->size, &end))
        return STATUS_INVALID_ARGUMENT;
    if (request->memory != 0 && end > request->memory->pages * PAGE_SIZE)
        return STATUS_INVALID_ARGUMENT;
    if ((request->flags & MAP_FIXED) && mapping_find(space, request->address, request->size) != 0)
        return STATUS_ADDRESS_IN_USE;
    return STATUS_OK;
}

enum status space_map(struct space *space, const struct space_request *request, uint64_t *base) {
    enum status status = request_check(space, request);
    if (status != STATUS_OK)
        return status;
    bool writes = request->memory != 0 && (request->protection & PROTECTION_WRITE) && !(request->flags & MAP_COPY);
    status = writes ? memory_add_writer(request->memory) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct space_mapping what = {
        .base = request->flags & MAP_FIXED ? request->address : 0,
        .size = (request->size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1),
        .protection = request->protection,
        .flags = request->flags,
        .memory = request->memory,
        .owner = request->memory != 0 ? &request->memory->object : 0,
        .offset = request->offset,
        .allowed = request->allowed,
    };
    status = mapping_add(space, &what);
    if (status != STATUS_OK && writes)
        memory_remove_writer(request->memory);
    *base = what.base;
    return status;
}

enum status space_map_physical(struct space *space, uint64_t physical, uint64_t size, enum range_caching caching,
                               struct object *owner, uint64_t *base) {
    struct space_mapping what = {
        .size = size,
        .protection = PROTECTION_READ | PROTECTION_WRITE,
        .owner = owner,
        .offset = physical,
        .caching = caching,
    };
    enum status status = mapping_add(space, &what);
    *base = what.base;
    return status;
}

enum status space_find_gap(struct space *space, uint64_t size, uint64_t *base) {
    if (space_gap_is_taken > 0) {
        space_gap_is_taken--;
        *base = LIST_FIRST(&space->mappings)->what.base;
        return STATUS_OK;
    }
    *base = space->next;
    space->next += size + PAGE_SIZE;
    return STATUS_OK;
}

enum status space_unmap(struct space *space, uint64_t address, uint64_t size) {
    if (address % PAGE_SIZE != 0 || size == 0)
        return STATUS_INVALID_ARGUMENT;
    host_pages_forget(space, address, address + size);
    struct mapping *mapping;
    while ((mapping = mapping_find(space, address, size)) != 0)
        mapping_remove(mapping);
    return STATUS_OK;
}

enum status space_protect(struct space *space, uint64_t address, uint64_t size, uint32_t protection) {
    struct mapping *mapping = mapping_find(space, address, size);
    if (mapping == 0)
        return STATUS_NOT_FOUND;
    mapping->what.protection = protection;
    return STATUS_OK;
}

void space_unmap_owner(struct space *space, struct object *owner) {
    struct mapping *mapping = LIST_FIRST(&space->mappings);
    while (mapping != 0) {
        struct mapping *next = LIST_NEXT(mapping, link);
        if (mapping->what.owner == owner)
            mapping_remove(mapping);
        mapping = next;
    }
    scheduler_preemption_point(); // as between the batches of the real one
}

enum status space_futex_key(struct space *space, uint64_t address, struct object **object, uint64_t *key) {
    (void)space;
    *object = 0;
    *key = address;
    return STATUS_OK;
}

// Nothing that a program touches on the host is made by a fault.
enum status space_fault(struct space *space, uint64_t address, enum fault_access access) {
    (void)space;
    (void)address;
    (void)access;
    return STATUS_BAD_ADDRESS;
}

void space_forget_everywhere(struct memory *memory, uint64_t page, uint64_t count) {
    (void)memory;
    (void)page;
    (void)count;
}

void space_write_protect_everywhere(struct memory *memory, uint64_t page) {
    (void)memory;
    (void)page;
}
