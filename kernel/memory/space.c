// An address space: made, mapped into, looked up, described, and taken apart.
#include "kernel/memory/space.h"

#include <arch/alias.h>

#include "kernel/arch/machine.h"
#include "kernel/base/assert.h"
#include "kernel/base/string.h"
#include "kernel/base/writer.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/heap.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/space_layout.h"
#include "kernel/object/account.h"
#include "kernel/thread/scheduler.h"

enum {
    AREAS_PER_PAGE = 32, // a page is charged for so many areas
    MAP_FLAGS = MAP_FIXED | MAP_GUARD | MAP_COPY,
};

enum status space_create(struct account *account, struct space **space) {
    struct space *made = heap_allocate(sizeof(struct space));
    if (made == 0)
        return STATUS_NO_MEMORY;
    enum status status = page_table_create(&made->table, account);
    if (status != STATUS_OK) {
        heap_free(made);
        return status;
    }
    made->lock = LOCK_INITIAL(RANK_SPACE);
    made->account = account;
    RB_INIT(&made->areas);
    *space = made;
    return STATUS_OK;
}

// Nobody uses the space: its pages need no flush, its areas no lock.
static void area_take_apart(struct space *space, struct area *area) {
    struct page_batch batch;
    uint64_t address = area->base;
    while (address < area->end) {
        batch.count = 0;
        address = page_table_clear(&space->table, address, area->end, &batch);
        space_release_pages(space, area, &batch);
        if (address < area->end)
            scheduler_preemption_point();
    }
    space_area_destroy(space, area);
}

void space_destroy(struct space *space) {
    struct area *area;
    while ((area = RB_ROOT(&space->areas)) != 0) {
        area_remove(&space->areas, area);
        area_take_apart(space, area);
        scheduler_preemption_point();
    }
    page_table_destroy(&space->table);
    heap_free(space);
}

enum status space_range_check(uint64_t address, uint64_t size, uint64_t *end) {
    uint64_t last;
    if (address % PAGE_SIZE != 0 || size == 0 || __builtin_add_overflow(address, size, &last) || last > USER_HIGHEST)
        return STATUS_INVALID_ARGUMENT;
    *end = (last + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    return STATUS_OK;
}

enum status space_area_create(struct space *space, struct area **area) {
    if (__atomic_fetch_add(&space->area_count, 1, __ATOMIC_RELAXED) % AREAS_PER_PAGE == 0) {
        enum status status = account_charge(space->account, ACCOUNT_MEMORY_PAGES, 1);
        if (status != STATUS_OK) {
            __atomic_fetch_sub(&space->area_count, 1, __ATOMIC_RELAXED);
            return status;
        }
    }
    *area = heap_allocate(sizeof(struct area));
    if (*area != 0)
        return STATUS_OK;
    if (__atomic_sub_fetch(&space->area_count, 1, __ATOMIC_RELAXED) % AREAS_PER_PAGE == 0)
        account_discharge(space->account, ACCOUNT_MEMORY_PAGES, 1);
    return STATUS_NO_MEMORY;
}

void space_area_destroy(struct space *space, struct area *area) {
    if (space_area_is_writer(area))
        memory_remove_writer(area->memory);
    if (area->memory != 0)
        object_release(&area->memory->object);
    if (area->owner != 0)
        object_release(area->owner);
    heap_free(area);
    if (__atomic_sub_fetch(&space->area_count, 1, __ATOMIC_RELAXED) % AREAS_PER_PAGE == 0)
        account_discharge(space->account, ACCOUNT_MEMORY_PAGES, 1);
}

enum status space_area_split(struct space *space, struct area *area, uint64_t address, struct area **upper) {
    enum status status = space_area_create(space, upper);
    if (status != STATUS_OK)
        return status;
    area_split(&space->areas, area, address, *upper);
    if (area->memory != 0)
        object_retain(&area->memory->object);
    if (area->owner != 0)
        object_retain(area->owner);
    // The lower part counts as a writer, so the memory is not sealed, and one more is let in.
    if (space_area_is_writer(area) && memory_add_writer(area->memory) != STATUS_OK)
        panic("%s is sealed and mapped writable", area->memory->object.name);
    return STATUS_OK;
}

void space_release_pages(struct space *space, const struct area *area, const struct page_batch *batch) {
    struct account *of_memory = area->memory != 0 ? area->memory->object.account : 0;
    uint32_t released = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct page_cleared *page = &batch->pages[i];
        if (page->flags & PAGE_NO_FRAME)
            continue;
        frame_release(page->flags & PAGE_OF_MEMORY ? of_memory : space->account, page->physical);
        released++;
    }
    __atomic_fetch_sub(&space->resident, released, __ATOMIC_RELAXED);
}

struct area *space_find_area(struct space *space, uint64_t address) {
    struct area *area = space->last;
    if (area != 0 && address >= area->base && address < area->end)
        return area;
    area = area_find(&space->areas, address);
    space->last = area;
    return area;
}

// ---- placing ----

static uint64_t random_below(uint64_t limit) {
    return machine_random() % limit;
}

// One try at a place of `size` bytes in [base, base + span), with a page to spare on both sides.
static uint64_t try_within(struct space *space, uint64_t base, uint64_t span, uint64_t size, uint32_t guards) {
    uint64_t places = (span - size) / PAGE_SIZE - 1;
    uint64_t address = base + (1 + random_below(places)) * PAGE_SIZE;
    return area_is_free(&space->areas, address, address + size, guards) ? address : 0;
}

static uint64_t pick_region(void) {
    uint64_t regions = USER_HIGHEST / REGION_SIZE - 2;
    return (1 + random_below(regions)) * REGION_SIZE;
}

// Within the cluster, or in a new one when that is full; 0 after some tries.
static uint64_t pick_in_cluster(struct space *space, uint64_t size, uint32_t guards) {
    for (uint32_t tries = 0; tries < 16; tries++) {
        if (space->cluster == 0 || tries % 4 == 3)
            space->cluster = space->region + random_below(REGION_SIZE / CLUSTER_SIZE) * CLUSTER_SIZE;
        uint64_t address = try_within(space, space->cluster, CLUSTER_SIZE, size, guards);
        if (address != 0)
            return address;
    }
    return 0;
}

uint64_t space_pick(struct space *space, uint64_t size, uint32_t guards) {
    const uint64_t lowest = REGION_SIZE;
    if (space->region == 0)
        space->region = pick_region();
    uint64_t address = 0;
    if (size <= CLUSTER_SIZE / 4)
        address = pick_in_cluster(space, size, guards);
    for (uint32_t tries = 0; tries < 4 && address == 0 && size <= REGION_SIZE / 2; tries++)
        address = try_within(space, space->region, REGION_SIZE, size, guards);
    for (uint32_t tries = 0; tries < 8 && address == 0 && size < USER_HIGHEST / 2; tries++)
        address = try_within(space, lowest, USER_HIGHEST - lowest, size, guards);
    return address != 0 ? address : area_lowest_free(&space->areas, lowest, USER_HIGHEST, size, guards);
}

enum status space_find_gap(struct space *space, uint64_t size, uint64_t *base) {
    if (size == 0 || size > USER_HIGHEST)
        return STATUS_NO_MEMORY;
    lock_acquire(&space->lock);
    *base = space_pick(space, (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1), 0);
    lock_release(&space->lock);
    return *base != 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

// ---- mapping ----

static enum status memory_request_check(const struct space_request *request) {
    uint64_t end;
    if (request->offset % PAGE_SIZE != 0 || __builtin_add_overflow(request->offset, request->size, &end) ||
        end > request->memory->pages * PAGE_SIZE)
        return STATUS_INVALID_ARGUMENT;
    bool executable = request->protection & PROTECTION_EXECUTE;
    if (executable && (!request->memory->sealed || (request->flags & MAP_COPY)))
        return STATUS_INVALID_ARGUMENT;
    return STATUS_OK;
}

static enum status request_check(const struct space_request *request) {
    if (request->size == 0 || request->size > USER_HIGHEST || !space_protection_is_sound(request->protection) ||
        (request->flags & ~(uint32_t)MAP_FLAGS) != 0)
        return STATUS_INVALID_ARGUMENT;
    uint64_t end;
    if ((request->flags & MAP_FIXED) &&
        (request->address < USER_LOWEST || space_range_check(request->address, request->size, &end) != STATUS_OK))
        return STATUS_INVALID_ARGUMENT;
    if (request->memory != 0)
        return memory_request_check(request);
    return request->protection & PROTECTION_EXECUTE ? STATUS_INVALID_ARGUMENT : STATUS_OK;
}

// What the request says about an area, but its place.
static void area_fill(struct area *area, const struct space_request *request) {
    area->protection = (uint8_t)space_protection_full(request->protection);
    area->guards = request->flags & MAP_GUARD ? GUARD_BEFORE | GUARD_AFTER : 0;
    if (request->memory == 0) {
        area->kind = AREA_ANONYMOUS;
        area->allowed = PROTECTION_READ | PROTECTION_WRITE;
        return;
    }
    bool copy = request->flags & MAP_COPY;
    area->kind = copy ? AREA_COPY : AREA_SHARED;
    area->allowed = (uint8_t)(area->protection | space_protection_full(request->allowed));
    area->memory = request->memory;
    area->offset = request->offset;
    object_retain(&request->memory->object);
}

// Picks or checks the place and puts the area there. `address`: fixed where not 0.
static enum status area_place(struct space *space, struct area *area, uint64_t address, uint64_t size, uint64_t *base) {
    enum status status = STATUS_OK;
    lock_acquire(&space->lock);
    if (address == 0) {
        address = space_pick(space, size, area->guards);
        status = address != 0 ? STATUS_OK : STATUS_NO_MEMORY;
    } else if (!area_is_free(&space->areas, address, address + size, area->guards)) {
        status = STATUS_ADDRESS_IN_USE;
    }
    if (status == STATUS_OK) {
        area->base = address;
        area->end = address + size;
        area_insert(&space->areas, area);
        *base = address;
    }
    lock_release(&space->lock);
    return status;
}

enum status space_map(struct space *space, const struct space_request *request, uint64_t *base) {
    enum status status = request_check(request);
    if (status != STATUS_OK)
        return status;
    uint64_t size = (request->size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    struct area *area;
    status = space_area_create(space, &area);
    if (status != STATUS_OK)
        return status;
    area_fill(area, request);
    if (space_area_is_writer(area)) {
        status = memory_add_writer(area->memory);
        if (status != STATUS_OK)
            area->protection = PROTECTION_NONE; // it was not counted as a writer
    }
    if (status == STATUS_OK)
        status = area_place(space, area, request->flags & MAP_FIXED ? request->address : 0, size, base);
    if (status != STATUS_OK)
        space_area_destroy(space, area);
    return status;
}

enum status space_map_physical(struct space *space, uint64_t physical, uint64_t size, enum range_caching caching,
                               struct object *owner, uint64_t *base) {
    if (physical % PAGE_SIZE != 0 || size == 0 || size > USER_HIGHEST)
        return STATUS_INVALID_ARGUMENT;
    struct area *area;
    enum status status = space_area_create(space, &area);
    if (status != STATUS_OK)
        return status;
    area->kind = AREA_DEVICE;
    area->protection = area->allowed = PROTECTION_READ | PROTECTION_WRITE;
    area->caching = caching;
    area->offset = physical;
    area->owner = object_retain(owner);
    status = area_place(space, area, 0, (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1), base);
    if (status != STATUS_OK)
        space_area_destroy(space, area);
    return status;
}

// ---- instruments ----

uint64_t space_resident(struct space *space) {
    return __atomic_load_n(&space->resident, __ATOMIC_RELAXED);
}

// A copy of the first area that ends above the address, so that nothing is written under the lock. False: none.
static bool area_copy_from(struct space *space, uint64_t address, struct area *copy) {
    lock_acquire(&space->lock);
    struct area *area = area_from(&space->areas, address);
    if (area != 0) {
        *copy = *area;
        if (copy->memory != 0)
            object_retain(&copy->memory->object);
    }
    lock_release(&space->lock);
    return area != 0;
}

void space_describe(struct space *space, struct writer *out) {
    static const char *const kinds[AREA_KIND_COUNT] = {"anonymous", "shared", "copy of", "device"};
    struct area area;
    for (uint64_t address = 0; area_copy_from(space, address, &area); address = area.end) {
        writer_format(out, "area: %#lx-%#lx %c%c%c %s", area.base, area.end,
                      area.protection & PROTECTION_READ ? 'r' : '-', area.protection & PROTECTION_WRITE ? 'w' : '-',
                      area.protection & PROTECTION_EXECUTE ? 'x' : '-', kinds[area.kind]);
        if (area.memory != 0) {
            writer_format(out, " %s at %#lx", area.memory->object.name, area.offset);
            object_release(&area.memory->object);
        }
        writer_text(out, "\n");
    }
}
