// Pages out and in: the kernel says which page is spared, the daemon where its bytes are.
#include "os/memory/swap.h"

#include <parley/calls.h>
#include <parley/log.h>
#include <parley/machine.h>
#include <parley/start.h>
#include <parley/status.h>
#include <parley/sync.h>
#include <string.h>

#include "os/memory/list.h"

enum {
    FREE_SHARE = 16, // one part in so many of memory is to be free
    ROOM_PAGES = 64, // taken out at once at most
    ROOM_SHARE = 4,  // one part in so many can be asked for
};

#define SIZE_LARGEST (UINT64_C(32) << 30)

static struct {
    uint8_t *bytes; // the device's
    int32_t memory; // number of the area; NUMBER_NONE: there is none
    int32_t faults; // the daemon's end of its link
} area;

// A page is neither in its program nor in its place for a while, and two threads take pages out.
static struct mutex pages_lock;
static _Alignas(PAGE_SIZE) uint8_t page_bytes[PAGE_SIZE]; // under it

static enum status area_make(size_t size) {
    struct link_create plan = {0};
    enum status status = link_create(&plan, &area.faults);
    if (status != STATUS_OK)
        return status;
    struct pager_create wish = {.size = size, .patience = MAPPED_PATIENCE, .link = plan.other};
    status = pager_create(&wish, &area.memory);
    if (status != STATUS_OK)
        return status;
    status = swap_begin(start_grant_number("swap"), area.memory);
    if (status != STATUS_OK) {
        number_close(area.memory);
        number_close(area.faults);
        area.memory = area.faults = NUMBER_NONE;
    }
    return status;
}

// A device's memory is a power of 2: the largest that can be mapped is all of it.
static enum status device_map(int32_t device, size_t *size) {
    uint64_t base = 0;
    enum status status = STATUS_INVALID_ARGUMENT;
    for (*size = SIZE_LARGEST; status != STATUS_OK && *size > PAGE_SIZE;) {
        *size /= 2;
        status = range_map(device, 0, *size, RANGE_CACHED, &base);
    }
    area.bytes = (uint8_t *)base;
    return status;
}

void swap_start(void) {
    int32_t device = start_grant_number("swap-area");
    size_t size = 0;
    if (device == NUMBER_NONE)
        return;
    enum status status = device_map(device, &size);
    if (status == STATUS_OK)
        status = area_make(size);
    if (status == STATUS_OK)
        log_line("swap area of %llu MiB", (unsigned long long)size >> 20);
    else
        log_line("no swap area: %s", status_text(status));
}

static bool is_short(uint64_t bytes) {
    struct machine_information machine;
    return machine_information(&machine) == STATUS_OK &&
           machine.memory_free < bytes + machine.memory_total / FREE_SHARE;
}

// Takes pages out until so many bytes are to be had again. False: they are not, and none was taken out.
static bool make_room(uint64_t bytes) {
    uint32_t count = 0;
    uint64_t place;
    while (count < ROOM_PAGES && is_short(bytes) && swap_out(area.memory, page_bytes, &place) == STATUS_OK) {
        memcpy(area.bytes + place * PAGE_SIZE, page_bytes, PAGE_SIZE);
        count++;
    }
    return count > 0 || !is_short(bytes);
}

enum status swap_make_room(uint64_t bytes) {
    struct machine_information machine;
    bool made = area.memory != NUMBER_NONE;
    if (machine_information(&machine) != STATUS_OK || bytes > machine.memory_total / ROOM_SHARE)
        return STATUS_TOO_LARGE;
    while (made && is_short(bytes)) {
        mutex_lock(&pages_lock);
        made = make_room(bytes);
        mutex_unlock(&pages_lock);
    }
    return is_short(bytes) ? STATUS_NO_MEMORY : STATUS_OK;
}

// What comes back takes memory too: so room is made first.
static void bring_back(uint64_t place) {
    make_room(0);
    enum status status = pager_supply(area.memory, place, area.bytes + place * PAGE_SIZE);
    if (status == STATUS_OK || status == STATUS_EXISTS)
        return;
    log_line("page %llu of the swap area does not come back: %s", (unsigned long long)place, status_text(status));
    pager_refuse(area.memory, place);
}

bool swap_serve(const struct link_ready *ready) {
    struct link_fault fault;
    if (area.memory == NUMBER_NONE || ready->number != area.faults)
        return false;
    if (ready->status != STATUS_OK || link_read(area.faults, &fault) != STATUS_OK)
        return true;
    mutex_lock(&pages_lock);
    if (fault.access == LINK_FAULT_ROOM)
        swap_answer(area.memory, make_room(0));
    else
        bring_back(fault.page);
    mutex_unlock(&pages_lock);
    return true;
}
