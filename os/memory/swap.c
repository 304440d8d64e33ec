// Pages out and in: the kernel says which page is spared, the daemon where its bytes are.
#include "os/memory/swap.h"

#include <parley/calls.h>
#include <parley/log.h>
#include <parley/machine.h>
#include <parley/start.h>
#include <parley/status.h>
#include <string.h>

#include "os/memory/list.h"

enum {
    FREE_SHARE = 16, // one part in so many of memory is to be free
    ROOM_PAGES = 64, // taken out at once at most
};

#define SIZE_LARGEST (UINT64_C(32) << 30)

static struct {
    uint8_t *bytes; // the device's
    int32_t memory; // number of the area; NUMBER_NONE: there is none
    int32_t faults; // the daemon's end of its link
} area;

static _Alignas(PAGE_SIZE) uint8_t page_bytes[PAGE_SIZE];

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

static bool is_short(void) {
    struct machine_information machine;
    return machine_information(&machine) == STATUS_OK && machine.memory_free < machine.memory_total / FREE_SHARE;
}

// Takes pages out until there is room again. False: there is none, and none was made.
static bool make_room(void) {
    uint32_t count = 0;
    uint64_t place;
    while (count < ROOM_PAGES && is_short() && swap_out(area.memory, page_bytes, &place) == STATUS_OK) {
        memcpy(area.bytes + place * PAGE_SIZE, page_bytes, PAGE_SIZE);
        count++;
    }
    return count > 0 || !is_short();
}

// What comes back takes memory too: so room is made first.
static void bring_back(uint64_t place) {
    make_room();
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
    if (fault.access == LINK_FAULT_ROOM)
        swap_answer(area.memory, make_room());
    else
        bring_back(fault.page);
    return true;
}
