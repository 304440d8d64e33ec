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

static bool layouts_repeat;  // set before there are processes
static uint64_t spaces_made; // [a]

void space_layouts_repeat(void) {
    layouts_repeat = true;
}

// Never 0: the layout's generator would stand still.
static uint64_t draw_seed(void) {
    if (!layouts_repeat)
        return machine_random() | 1;
    return (__atomic_add_fetch(&spaces_made, 1, __ATOMIC_RELAXED) * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

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
    made->random = draw_seed();
    RB_INIT(&made->areas);
    space_list_enter(made);
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
        space_release_pages(space, area->memory, &batch);
        if (address < area->end)
            scheduler_preemption_point();
    }
    if (area->kind == AREA_WINDOW)
        account_discharge(space->account, ACCOUNT_MEMORY_PAGES, (area->end - area->base) / PAGE_SIZE);
    space_area_destroy(space, area);
}

void space_destroy(struct space *space) {
    struct area *area;
    space_list_leave(space);
    if (BUILD_CHECKS && !space_is_sound(space))
        panic("a page of the ending process is both writable and executable");
    while ((area = RB_ROOT(&space->areas)) != 0) {
        area_remove(&space->areas, area);
        area_take_apart(space, area);
        scheduler_preemption_point();
    }
    page_table_destroy(&space->table);
    heap_free(space);
}

bool space_is_sound(struct space *space) {
    lock_acquire(&space->lock);
    bool is_sound = page_table_is_sound(&space->table);
    lock_release(&space->lock);
    return is_sound;
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

// Says how many its account is to be discharged of: without one, the kernel counts each.
static inline uint32_t own_drop(const struct space *space, uint64_t physical) {
    if (space->account == 0) {
        frame_release_own(0, physical);
        return 0;
    }
    frame_drop(physical);
    return 1;
}

void space_release_pages(struct space *space, struct memory *memory, const struct page_batch *batch) {
    struct account *of_memory = memory != 0 ? memory->object.account : 0;
    uint32_t released = 0, own = 0; // those of its own are discharged at once
    for (const struct page_cleared *page = batch->pages; page < batch->pages + batch->count; page++) {
        if (page->flags & PAGE_NO_FRAME) {
            if (page->flags & MARK_AWAY << PAGE_MARKS)
                space_forget_away(space, page->physical >> PAGE_SHIFT);
            continue;
        }
        if (page->flags & PAGE_OF_MEMORY)
            frame_release(of_memory, page->physical);
        else if (page->flags & MARK_UNPAID << PAGE_MARKS)
            frame_drop(page->physical);
        else
            own += own_drop(space, page->physical);
        released++;
    }
    __atomic_fetch_sub(&space->resident, released, __ATOMIC_RELAXED);
    if (own > 0)
        account_discharge(space->account, ACCOUNT_MEMORY_PAGES, own);
}

// ---- placing ----

// Xorshift from a seed of the machine's: what a program could foresee of it are its own later places.
static uint64_t random_below(struct space *space, uint64_t limit) {
    uint64_t state = space->random;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    space->random = state;
    return (state >> 11) % limit;
}

// One try at a place in [base, base + span), with a page to spare on both sides.
static bool try_within(struct space *space, struct area *area, uint64_t base, uint64_t span) {
    uint64_t size = area->end - area->base;
    uint64_t places = (span - size) / PAGE_SIZE - 1;
    area->base = base + (1 + random_below(space, places)) * PAGE_SIZE;
    area->end = area->base + size;
    return area_insert(&space->areas, area);
}

static uint64_t pick_region(struct space *space) {
    uint64_t regions = USER_HIGHEST / REGION_SIZE - 2;
    return (1 + random_below(space, regions)) * REGION_SIZE;
}

// Within the cluster, or in a new one when that is full.
static bool place_in_cluster(struct space *space, struct area *area) {
    for (uint32_t tries = 0; tries < 16; tries++) {
        if (space->cluster == 0 || tries % 4 == 3)
            space->cluster = space->region + random_below(space, REGION_SIZE / CLUSTER_SIZE) * CLUSTER_SIZE;
        if (try_within(space, area, space->cluster, CLUSTER_SIZE))
            return true;
    }
    return false;
}

// Of the whole user half, at last by looking at every gap.
static bool place_anywhere(struct space *space, struct area *area) {
    const uint64_t lowest = REGION_SIZE;
    for (uint32_t tries = 0; tries < 8 && area->end - area->base < USER_HIGHEST / 2; tries++)
        if (try_within(space, area, lowest, USER_HIGHEST - lowest))
            return true;
    return area_insert_lowest(&space->areas, area, lowest, USER_HIGHEST);
}

bool space_place(struct space *space, struct area *area) {
    uint64_t size = area->end - area->base;
    if (space->region == 0)
        space->region = pick_region(space);
    if (size <= CLUSTER_SIZE / 4 && place_in_cluster(space, area))
        return true;
    for (uint32_t tries = 0; tries < 4 && size <= REGION_SIZE / 2; tries++)
        if (try_within(space, area, space->region, REGION_SIZE))
            return true;
    return place_anywhere(space, area);
}

enum status space_find_gap(struct space *space, uint64_t size, uint64_t *base) {
    if (size == 0 || size > USER_HIGHEST)
        return STATUS_NO_MEMORY;
    struct area probe = {.end = (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1)};
    lock_acquire(&space->lock);
    bool found = space_place(space, &probe);
    if (found)
        area_remove(&space->areas, &probe);
    lock_release(&space->lock);
    *base = probe.base;
    return found ? STATUS_OK : STATUS_NO_MEMORY;
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

enum status space_area_place(struct space *space, struct area *area, uint64_t address, uint64_t size, uint64_t *base) {
    enum status status = STATUS_OK;
    area->base = address;
    area->end = address + size;
    lock_acquire(&space->lock);
    if (address == 0)
        status = space_place(space, area) ? STATUS_OK : STATUS_NO_MEMORY;
    else
        status = area_insert(&space->areas, area) ? STATUS_OK : STATUS_ADDRESS_IN_USE;
    if (status == STATUS_OK) {
        space->last = area;
        *base = area->base;
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
        status = space_area_place(space, area, request->flags & MAP_FIXED ? request->address : 0, size, base);
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
    status = space_area_place(space, area, 0, (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1), base);
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
    static const char *const kinds[AREA_KIND_COUNT] = {"anonymous", "shared", "copy of", "device", "window for"};
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
