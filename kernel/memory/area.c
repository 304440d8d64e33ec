// The tree of areas: finding, gaps, splitting.
#include "kernel/memory/area.h"

#include "kernel/base/assert.h"

static int area_compare(const struct area *a, const struct area *b) {
    return a->base < b->base ? -1 : a->base > b->base;
}

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"
RB_GENERATE_STATIC(area_tree, area, link, area_compare)
#pragma clang diagnostic pop

struct area *area_from(struct area_tree *tree, uint64_t address) {
    struct area *best = 0;
    for (struct area *area = RB_ROOT(tree); area != 0;) {
        if (area->end > address) {
            best = area;
            area = RB_LEFT(area, link);
        } else {
            area = RB_RIGHT(area, link);
        }
    }
    return best;
}

struct area *area_find(struct area_tree *tree, uint64_t address) {
    for (struct area *area = RB_ROOT(tree); area != 0;) {
        if (address < area->base)
            area = RB_LEFT(area, link);
        else if (address >= area->end)
            area = RB_RIGHT(area, link);
        else
            return area;
    }
    return 0;
}

struct area *area_after(struct area *area) {
    return RB_NEXT(area_tree, 0, area);
}

struct area *area_below(struct area_tree *tree, uint64_t address) {
    struct area *best = 0;
    for (struct area *area = RB_ROOT(tree); area != 0;) {
        if (area->base < address) {
            best = area;
            area = RB_RIGHT(area, link);
        } else {
            area = RB_LEFT(area, link);
        }
    }
    return best;
}

bool area_is_free(struct area_tree *tree, uint64_t base, uint64_t end, uint32_t guards) {
    uint64_t outer_base = base - (guards & GUARD_BEFORE ? PAGE_SIZE : 0);
    uint64_t outer_end = end + (guards & GUARD_AFTER ? PAGE_SIZE : 0);
    struct area *below = area_below(tree, end);
    if (below != 0 && (area_outer_end(below) > base || below->end > outer_base))
        return false;
    struct area *above = below != 0 ? area_after(below) : RB_MIN(area_tree, tree);
    return above == 0 || (area_outer_base(above) >= end && above->base >= outer_end);
}

uint64_t area_lowest_free(struct area_tree *tree, uint64_t from, uint64_t limit, uint64_t size, uint32_t guards) {
    uint64_t base = from;
    struct area *area = area_from(tree, from > PAGE_SIZE ? from - PAGE_SIZE : 0);
    while (base < limit && limit - base >= size + 2 * PAGE_SIZE) {
        if (area_is_free(tree, base + PAGE_SIZE, base + PAGE_SIZE + size, guards))
            return base + PAGE_SIZE;
        if (area == 0)
            return 0;
        if (area->end > base)
            base = area_outer_end(area);
        area = area_after(area);
    }
    return 0;
}

void area_insert(struct area_tree *tree, struct area *area) {
    struct area *other = RB_INSERT(area_tree, tree, area);
    assert_debug(other == 0);
    (void)other;
}

void area_remove(struct area_tree *tree, struct area *area) {
    RB_REMOVE(area_tree, tree, area);
}

void area_trim_front(struct area *area, uint64_t address) {
    assert_debug(address > area->base && address < area->end);
    area->offset += address - area->base;
    area->base = address;
    area->guards &= (uint8_t)~GUARD_BEFORE;
}

void area_split(struct area_tree *tree, struct area *area, uint64_t address, struct area *upper) {
    assert_debug(address > area->base && address < area->end);
    *upper = *area;
    upper->base = address;
    upper->offset += address - area->base;
    upper->guards &= (uint8_t)~GUARD_BEFORE;
    area->end = address;
    area->guards &= (uint8_t)~GUARD_AFTER;
    area_insert(tree, upper);
}
