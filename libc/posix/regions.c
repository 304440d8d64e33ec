// Regions in a list by address: few, so it is walked.
#include "libc/posix/regions.h"

#include <stdlib.h>

bool regions_add(struct regions *regions, const struct region *region) {
    struct region *made = malloc(sizeof(*made));
    if (!made)
        return false;
    struct region **place = &regions->first;
    while (*place && (*place)->base < region->base)
        place = &(*place)->next;
    *made = *region;
    made->next = *place;
    *place = made;
    return true;
}

// Cuts the region that lies around the address, so that one begins there.
static bool cut_at(struct regions *regions, uint64_t address) {
    const struct region *around = regions_from(regions, address);
    if (!around || around->base >= address)
        return true;
    struct region upper = *around;
    upper.base = address;
    upper.offset += address - around->base;
    if (!regions_add(regions, &upper))
        return false;
    ((struct region *)around)->end = address;
    return true;
}

bool regions_remove(struct regions *regions, uint64_t base, uint64_t end) {
    if (!cut_at(regions, base) || !cut_at(regions, end))
        return false;
    for (struct region **place = &regions->first; *place;) {
        struct region *region = *place;
        if (region->base < base || region->base >= end) {
            place = &region->next;
            continue;
        }
        *place = region->next;
        free(region);
    }
    return true;
}

const struct region *regions_from(const struct regions *regions, uint64_t address) {
    const struct region *region = regions->first;
    while (region && region->end <= address)
        region = region->next;
    return region;
}

bool regions_cover(const struct regions *regions, uint64_t base, uint64_t end) {
    while (base < end) {
        const struct region *region = regions_from(regions, base);
        if (!region || region->base > base)
            return false;
        base = region->end;
    }
    return true;
}
