// Free parts in two trees, by place and by size.
//
// For each part that is taken two records are made: one for the part itself, when it is left, and one for the free part behind it. With the
// first one that is as many as there can be.
#include "os/files/extents.h"

#include <assert.h>
#include <stdlib.h>

struct extent {
    RB_ENTRY(extent) in_places;
    RB_ENTRY(extent) in_sizes;
    SLIST_ENTRY(extent) link; // of the spare ones, or of those that were left
    uint64_t place, size;
};

static int order(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

static int compare_places(const struct extent *a, const struct extent *b) {
    return order(a->place, b->place);
}

static int compare_sizes(const struct extent *a, const struct extent *b) {
    int by_size = order(a->size, b->size);
    return by_size ? by_size : order(a->place, b->place);
}

RB_GENERATE_STATIC(extent_places, extent, in_places, compare_places)
RB_GENERATE_STATIC(extent_sizes, extent, in_sizes, compare_sizes)

static bool add_one(struct extents *extents) {
    struct extent *made = calloc(1, sizeof(*made));
    if (made) {
        SLIST_INSERT_HEAD(&extents->spare, made, link);
    }
    return made;
}

static bool add_spare(struct extents *extents) {
    bool first = add_one(extents), second = add_one(extents);
    return first && second;
}

static struct extent *pop(struct extent_list *list) {
    struct extent *first = SLIST_FIRST(list);
    assert(first);
    SLIST_REMOVE_HEAD(list, link);
    return first;
}

static void insert(struct extents *extents, struct extent *extent, uint64_t place, uint64_t size) {
    extent->place = place;
    extent->size = size;
    RB_INSERT(extent_places, &extents->by_place, extent);
    RB_INSERT(extent_sizes, &extents->by_size, extent);
}

static void withdraw(struct extents *extents, struct extent *extent) {
    RB_REMOVE(extent_places, &extents->by_place, extent);
    RB_REMOVE(extent_sizes, &extents->by_size, extent);
}

static void add_free(struct extents *extents, uint64_t place, uint64_t size) {
    if (size) {
        insert(extents, pop(&extents->spare), place, size);
    }
}

enum status extents_create(struct extents *extents, uint64_t base, uint64_t size, uint64_t granule) {
    *extents = (struct extents){.granule = granule};
    if (!add_one(extents)) {
        return STATUS_NO_MEMORY;
    }
    add_free(extents, base, size);
    return STATUS_OK;
}

static void free_list(struct extent_list *list) {
    while (!SLIST_EMPTY(list)) {
        free(pop(list));
    }
}

void extents_destroy(struct extents *extents) {
    struct extent *extent = NULL;
    while ((extent = RB_ROOT(&extents->by_place))) {
        withdraw(extents, extent);
        free(extent);
    }
    free_list(&extents->spare);
    free_list(&extents->left);
}

static uint64_t rounded(const struct extents *extents, uint64_t size) {
    return (size + extents->granule - 1) / extents->granule * extents->granule;
}

// Takes [place, place + size) out of a free part that has it.
static void cut(struct extents *extents, struct extent *extent, uint64_t place, uint64_t size) {
    uint64_t begin = extent->place, end = extent->place + extent->size;
    withdraw(extents, extent);
    SLIST_INSERT_HEAD(&extents->spare, extent, link);
    add_free(extents, begin, place - begin);
    add_free(extents, place + size, end - (place + size));
}

enum status extents_take(struct extents *extents, uint64_t size, uint64_t *place) {
    struct extent key = {.size = rounded(extents, size)};
    struct extent *found = RB_NFIND(extent_sizes, &extents->by_size, &key);
    if (!found) {
        return STATUS_LIMIT_REACHED;
    }
    if (!add_spare(extents)) {
        return STATUS_NO_MEMORY;
    }
    *place = found->place;
    cut(extents, found, found->place, key.size);
    return STATUS_OK;
}

// The last free part that begins at or before `place`.
static struct extent *part_before(struct extents *extents, uint64_t place) {
    struct extent key = {.place = place + 1};
    struct extent *next = RB_NFIND(extent_places, &extents->by_place, &key);
    return next ? RB_PREV(extent_places, &extents->by_place, next) : RB_MAX(extent_places, &extents->by_place);
}

enum status extents_claim(struct extents *extents, uint64_t place, uint64_t size) {
    uint64_t wanted = rounded(extents, size), end = 0;
    if (wanted < size || place % extents->granule || __builtin_add_overflow(place, wanted, &end)) {
        return STATUS_EXISTS;
    }
    struct extent *found = part_before(extents, place);
    if (!found || end > found->place + found->size) {
        return STATUS_EXISTS;
    }
    if (!add_spare(extents)) {
        return STATUS_NO_MEMORY;
    }
    cut(extents, found, place, wanted);
    return STATUS_OK;
}

void extents_leave(struct extents *extents, uint64_t place, uint64_t size) {
    struct extent *extent = pop(&extents->spare);
    extent->place = place;
    extent->size = rounded(extents, size);
    SLIST_INSERT_HEAD(&extents->left, extent, link);
}

// Makes one of `extent` and the free part right behind it.
static struct extent *join(struct extents *extents, struct extent *extent, struct extent *next) {
    if (!extent || !next || extent->place + extent->size != next->place) {
        return extent;
    }
    uint64_t place = extent->place, size = extent->size + next->size;
    withdraw(extents, extent);
    withdraw(extents, next);
    SLIST_INSERT_HEAD(&extents->spare, next, link);
    insert(extents, extent, place, size);
    return extent;
}

static void set_free(struct extents *extents, struct extent *extent) {
    insert(extents, extent, extent->place, extent->size);
    join(extents, extent, RB_NEXT(extent_places, &extents->by_place, extent));
    join(extents, RB_PREV(extent_places, &extents->by_place, extent), extent);
}

void extents_settle(struct extents *extents, void (*give_back)(uint64_t place, uint64_t size)) {
    while (!SLIST_EMPTY(&extents->left)) {
        struct extent *extent = pop(&extents->left);
        if (give_back) {
            give_back(extent->place, extent->size);
        }
        set_free(extents, extent);
    }
}
