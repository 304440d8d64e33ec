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

// Where a new area goes: its neighbours and the link that it hangs on, all found in one descent.
struct place {
    struct area *below, *above; // by address
    struct area *parent;        // in the tree
    struct area **link;
};

static struct place place_find(struct area_tree *tree, uint64_t end) {
    struct place place = {0, 0, 0, &RB_ROOT(tree)};
    while (*place.link != 0) {
        struct area *area = place.parent = *place.link;
        if (area->base < end) {
            place.below = area;
            place.link = &RB_RIGHT(area, link);
        } else {
            place.above = area;
            place.link = &RB_LEFT(area, link);
        }
    }
    return place;
}

static bool place_has_room(const struct place *place, const struct area *area) {
    const struct area *below = place->below, *above = place->above;
    if (below != 0 && (area_outer_end(below) > area->base || below->end > area_outer_base(area)))
        return false;
    return above == 0 || (area_outer_base(above) >= area->end && above->base >= area_outer_end(area));
}

bool area_insert(struct area_tree *tree, struct area *area) {
    struct place place = place_find(tree, area->end);
    if (!place_has_room(&place, area))
        return false;
    RB_SET(area, place.parent, link);
    *place.link = area;
    area_tree_RB_INSERT_COLOR(tree, area);
    return true;
}

static bool insert_at(struct area_tree *tree, struct area *area, uint64_t base) {
    area->end = base + (area->end - area->base);
    area->base = base;
    return area_insert(tree, area);
}

bool area_insert_lowest(struct area_tree *tree, struct area *area, uint64_t from, uint64_t limit) {
    uint64_t size = area->end - area->base;
    uint64_t base = from;
    struct area *next = area_from(tree, from > PAGE_SIZE ? from - PAGE_SIZE : 0);
    while (base < limit && limit - base >= size + 2 * PAGE_SIZE) {
        if (insert_at(tree, area, base + PAGE_SIZE))
            return true;
        if (next == 0)
            return false;
        if (next->end > base)
            base = area_outer_end(next);
        next = area_after(next);
    }
    return false;
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
    bool inserted = area_insert(tree, upper);
    assert(inserted);
}
