// Pages of the host's address spaces: a list of places, and the loads that go from one to another as kernel/memory/pages.h says.
#include "tests/unit/host/pages.h"

#include <bsd/sys/queue.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/assert.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/pages.h"
#include "kernel/object/account.h"
#include "kernel/process/process.h"

struct place {
    LIST_ENTRY(place) link;
    struct space *space;
    struct account *account; // charged for it; null: its window is
    uint64_t address;
    uint64_t physical; // 0: gone
};

struct window {
    LIST_ENTRY(window) link;
    struct space *space;
    struct account *account;
    uint64_t base, pages;
};

static LIST_HEAD(place_list, place)
places;
static LIST_HEAD(window_list, window)
windows;
static uint64_t next_window = UINT64_C(1) << 40;

static struct place *place_at(struct space *space, uint64_t address) {
    struct place *place;
    LIST_FOREACH(place, &places, link) {
        if (place->space == space && place->address == address)
            break;
    }
    return place;
}

static struct place *place_add(struct space *space, struct account *account, uint64_t address, uint64_t physical) {
    struct place *place = malloc(sizeof(struct place));
    *place = (struct place){.space = space, .account = account, .address = address, .physical = physical};
    LIST_INSERT_HEAD(&places, place, link);
    return place;
}

static void place_remove(struct place *place) {
    LIST_REMOVE(place, link);
    free(place);
}

void host_page_make(struct process *process, uint64_t address, uint8_t byte) {
    uint64_t physical;
    enum status status = frame_allocate(process->account, 0, &physical);
    assert(status == STATUS_OK);
    memset((void *)physical, byte, PAGE_SIZE);
    place_add(process->space, process->account, address, physical);
}

enum host_page_state host_page_at(struct process *process, uint64_t address, uint8_t *byte) {
    const struct place *place = place_at(process->space, address);
    if (place == 0)
        return HOST_PAGE_NONE;
    if (place->physical == 0)
        return HOST_PAGE_GONE;
    *byte = *(uint8_t *)place->physical;
    return HOST_PAGE_THERE;
}

static bool is_in(uint64_t address, uint64_t from, uint64_t end) {
    return address >= from && address < end;
}

void host_pages_forget(struct space *space, uint64_t address, uint64_t end) {
    struct place *place = LIST_FIRST(&places);
    while (place != 0) {
        struct place *next = LIST_NEXT(place, link);
        if (place->space == space && is_in(place->address, address, end)) {
            if (place->physical != 0 && place->account != 0)
                frame_release_own(place->account, place->physical);
            else if (place->physical != 0)
                frame_drop(place->physical);
            place_remove(place);
        }
        place = next;
    }
    struct window *window = LIST_FIRST(&windows);
    while (window != 0) {
        struct window *next = LIST_NEXT(window, link);
        if (window->space == space && is_in(window->base, address, end)) {
            account_discharge(window->account, ACCOUNT_MEMORY_PAGES, window->pages);
            LIST_REMOVE(window, link);
            free(window);
        }
        window = next;
    }
}

// ---- loads ----

static struct place *load_place(struct space *space, const struct page_load *load, uint32_t i) {
    return place_at(space, load->address + (uint64_t)i * PAGE_SIZE);
}

static enum status charge(struct page_load *load, uint32_t count) {
    enum status status = account_charge(load->account, ACCOUNT_MEMORY_PAGES, count);
    load->charged = status == STATUS_OK ? count : 0;
    return status;
}

// A duplicate is a copy here.
static enum status prepare(struct space *space, struct page_load *load, uint32_t way) {
    for (uint32_t i = 0; i < load->count; i++) {
        const struct place *place = load_place(space, load, i);
        if (place == 0 || place->physical == 0)
            return STATUS_BAD_ADDRESS;
        if (!(way & PAGES_DUPLICATE))
            continue;
        enum status status = frame_allocate_charged(load->account, 0, &load->pages[i]);
        if (status != STATUS_OK)
            return status;
        memcpy((void *)load->pages[i], (void *)place->physical, PAGE_SIZE);
    }
    return STATUS_OK;
}

static void take(struct place *place, struct page_load *load, uint32_t i, uint32_t way) {
    if (way & PAGES_KEEP) {
        if (way & PAGES_DUPLICATE)
            return;
        frame_retain(place->physical);
        load->pages[i] = place->physical | PAGE_LOAD_SHARED;
        return;
    }
    load->left = true;
    load->from_window |= place->account == 0;
    if (way & PAGES_DUPLICATE)
        frame_drop(place->physical);
    else
        load->pages[i] = place->physical;
    if (place->account == 0 && (way & PAGES_DUPLICATE)) {
        load->charged--;
        account_discharge(load->account, ACCOUNT_MEMORY_PAGES, 1);
    } else if (place->account != 0 && !(way & PAGES_DUPLICATE)) {
        load->charged++;
    } else if (place->account != 0) {
        account_discharge(load->account, ACCOUNT_MEMORY_PAGES, 1);
    }
    place->physical = 0;
}

enum status pages_take(struct space *space, struct page_load *load, uint32_t way, const struct pages_part *part) {
    assert(part->offset + part->bytes <= (uint64_t)load->count * PAGE_SIZE);
    enum status status = way & (PAGES_KEEP | PAGES_DUPLICATE) ? charge(load, load->count) : STATUS_OK;
    if (status == STATUS_OK)
        status = prepare(space, load, way);
    for (uint32_t i = 0; status == STATUS_OK && i < load->count; i++)
        take(load_place(space, load, i), load, i, way);
    return status;
}

void pages_return(struct space *space, struct page_load *load, bool shared) {
    (void)shared;
    for (uint32_t i = 0; i < load->count; i++) {
        struct place *place = load_place(space, load, i);
        if (place == 0 || place->physical != 0)
            continue;
        place->physical = load->pages[i] & ~(uint64_t)(PAGE_SIZE - 1);
        frame_retain(place->physical);
        load->charged -= place->account != 0;
    }
}

void pages_settle(struct space *space, struct page_load *load) {
    for (uint32_t i = 0; i < load->count; i++) {
        struct place *place = load_place(space, load, i);
        if (place != 0 && place->account == 0 && place->physical == 0)
            place_remove(place);
    }
}

// ---- windows ----

enum status pages_window_create(struct space *space, uint64_t address, uint64_t pages, uint64_t *base) {
    struct account *account = process_current()->account;
    if (address % PAGE_SIZE != 0)
        return STATUS_INVALID_ARGUMENT;
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, pages);
    if (status != STATUS_OK)
        return status;
    struct window *window = malloc(sizeof(struct window));
    *base = address != 0 ? address : next_window;
    next_window += (pages + 1) * PAGE_SIZE;
    *window = (struct window){.space = space, .account = account, .base = *base, .pages = pages};
    LIST_INSERT_HEAD(&windows, window, link);
    return STATUS_OK;
}

enum status pages_put(struct space *space, struct page_window *window, const struct page_load *load, bool writable,
                      uint64_t *address) {
    (void)writable;
    uint32_t first = 0, run = 0;
    for (uint32_t i = 0; i < window->pages && run < load->count; i++) {
        run = place_at(space, window->base + (uint64_t)i * PAGE_SIZE) == 0 ? run + 1 : 0;
        first = i + 1 - run;
    }
    if (run < load->count)
        return STATUS_PEER_FULL;
    *address = window->base + (uint64_t)first * PAGE_SIZE;
    for (uint32_t i = 0; i < load->count; i++) {
        uint64_t physical = load->pages[i] & ~(uint64_t)(PAGE_SIZE - 1);
        frame_retain(physical);
        place_add(space, 0, *address + (uint64_t)i * PAGE_SIZE, physical);
    }
    return STATUS_OK;
}

void pages_remove(struct space *space, uint64_t address, const struct page_load *load) {
    for (uint32_t i = 0; i < load->count; i++) {
        struct place *place = place_at(space, address + (uint64_t)i * PAGE_SIZE);
        if (place == 0 || place->physical != (load->pages[i] & ~(uint64_t)(PAGE_SIZE - 1)))
            continue;
        frame_drop(place->physical);
        place_remove(place);
    }
}

void pages_loosen(struct space *space, uint64_t address, const struct page_load *load) {
    (void)space;
    (void)address;
    (void)load;
}

static struct account *window_account(const struct space *space, uint64_t address) {
    const struct window *window;
    LIST_FOREACH(window, &windows, link) {
        if (window->space == space && is_in(address, window->base, window->base + window->pages * PAGE_SIZE))
            break;
    }
    return window != 0 ? window->account : 0;
}

enum status pages_place(struct space *space, uint64_t from, uint64_t to, uint32_t count) {
    struct account *account = window_account(space, from);
    for (uint32_t i = 0; i < count; i++) {
        const struct place *place = place_at(space, from + (uint64_t)i * PAGE_SIZE);
        if (place == 0 || place->account != 0 || place->physical == 0)
            return STATUS_NOT_FOUND;
    }
    enum status status = account_charge(account, ACCOUNT_MEMORY_PAGES, count);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++) {
        struct place *place = place_at(space, from + (uint64_t)i * PAGE_SIZE);
        host_pages_forget(space, to + (uint64_t)i * PAGE_SIZE, to + (uint64_t)(i + 1) * PAGE_SIZE);
        place->address = to + (uint64_t)i * PAGE_SIZE;
        place->account = account;
    }
    return status;
}

enum status pages_free(struct space *space, uint64_t address, uint32_t count) {
    if (place_at(space, address) == 0)
        return STATUS_NOT_FOUND;
    host_pages_forget(space, address, address + (uint64_t)count * PAGE_SIZE);
    return STATUS_OK;
}
