// What programs are limited to whose starter keeps a reserve.
#include "libc/spawn/reserve.h"

#include <parley/machine.h>
#include <parley/object.h>
#include <parley/spawn.h>
#include <parley/start.h>

enum { KEPT_PART = 4 }; // one part of so many

static bool kept;

void spawn_keep_reserve(void) {
    kept = true;
}

bool reserve_is_kept(void) {
    return kept;
}

static bool is_shared(enum account_item item) {
    static const bool shared[ACCOUNT_ITEM_COUNT] = {
#define ITEM_SHARED(name, text, limit, tree) [ACCOUNT_##name] = tree,
        ACCOUNT_ITEM_LIST(ITEM_SHARED)
#undef ITEM_SHARED
    };
    return shared[item];
}

// In pages: what is charged here already, and what can still be had.
static enum status find_memory(const struct account_line *line, uint64_t *pages) {
    struct machine_information machine;
    enum status status = machine_information(&machine);
    if (status == STATUS_OK)
        *pages = line->used + (machine.memory_free + machine.swap_total) / PAGE_SIZE;
    return status;
}

enum status reserve_limits(uint64_t limits[ACCOUNT_ITEM_COUNT]) {
    struct account_information own;
    enum status status = account_read(start_information()->process, &own);
    for (enum account_item item = 0; status == STATUS_OK && item < ACCOUNT_ITEM_COUNT; item++) {
        limits[item] = own.items[item].limit;
        if (item == ACCOUNT_MEMORY_PAGES && limits[item] == UINT64_MAX)
            status = find_memory(&own.items[item], &limits[item]);
        if (is_shared(item))
            limits[item] -= limits[item] / KEPT_PART;
    }
    return status;
}
