// Tests of the tree of areas: finding, guards, gaps, splitting; and a long random run against a plain array.
#include <criterion/criterion.h>
#include <stdlib.h>

#include "kernel/memory/area.h"

enum { PAGES = 256, AREAS_MAX = 256 };

static struct area_tree tree;
static struct area pool[AREAS_MAX];

static void start(void) {
    RB_INIT(&tree);
}

TestSuite(areas, .init = start);

static uint64_t page(uint64_t number) {
    return number * PAGE_SIZE;
}

// Puts pool[index] at pages [first, end).
static bool insert(uint32_t index, uint64_t first, uint64_t end, uint8_t guards) {
    pool[index] = (struct area){.base = page(first), .end = page(end), .guards = guards};
    return area_insert(&tree, &pool[index]);
}

Test(areas, an_address_is_found_in_its_area_alone) {
    cr_assert(insert(0, 10, 12, 0));
    cr_assert(insert(1, 12, 13, 0));
    cr_assert_null(area_find(&tree, page(10) - 1));
    cr_assert_eq(area_find(&tree, page(10)), &pool[0]);
    cr_assert_eq(area_find(&tree, page(12) - 1), &pool[0]);
    cr_assert_eq(area_find(&tree, page(12)), &pool[1]);
    cr_assert_null(area_find(&tree, page(13)));
}

Test(areas, neighbours_are_found_from_any_address) {
    cr_assert(insert(0, 10, 12, 0));
    cr_assert(insert(1, 20, 22, 0));
    cr_assert_eq(area_from(&tree, 0), &pool[0]);
    cr_assert_eq(area_from(&tree, page(12)), &pool[1]);
    cr_assert_null(area_from(&tree, page(22)));
    cr_assert_null(area_below(&tree, page(10)));
    cr_assert_eq(area_below(&tree, page(10) + 1), &pool[0]);
    cr_assert_eq(area_below(&tree, page(100)), &pool[1]);
    cr_assert_eq(area_after(&pool[0]), &pool[1]);
    cr_assert_null(area_after(&pool[1]));
}

Test(areas, an_area_that_overlaps_is_refused) {
    cr_assert(insert(0, 10, 20, 0));
    cr_assert_not(insert(1, 9, 11, 0));
    cr_assert_not(insert(1, 19, 21, 0));
    cr_assert_not(insert(1, 12, 13, 0));
    cr_assert_not(insert(1, 5, 30, 0));
    cr_assert(insert(1, 20, 21, 0));
    cr_assert(insert(2, 9, 10, 0));
}

Test(areas, guards_keep_a_page_free_on_both_sides) {
    cr_assert(insert(0, 10, 20, GUARD_BEFORE | GUARD_AFTER));
    cr_assert_not(insert(1, 20, 21, 0));
    cr_assert_not(insert(1, 9, 10, 0));
    cr_assert(insert(1, 21, 22, 0));
    cr_assert(insert(2, 8, 9, 0));
}

Test(areas, an_area_with_guards_is_refused_beside_another) {
    cr_assert(insert(0, 10, 20, 0));
    cr_assert_not(insert(1, 20, 21, GUARD_BEFORE));
    cr_assert_not(insert(1, 8, 10, GUARD_AFTER));
    cr_assert(insert(1, 21, 22, GUARD_BEFORE));
    cr_assert(insert(2, 7, 9, GUARD_AFTER));
}

Test(areas, splitting_shares_out_bounds_offset_and_guards) {
    cr_assert(insert(0, 10, 20, GUARD_BEFORE | GUARD_AFTER));
    pool[0].offset = page(3);
    area_split(&tree, &pool[0], page(14), &pool[1]);
    cr_assert_eq(pool[0].end, page(14));
    cr_assert_eq(pool[0].guards, GUARD_BEFORE);
    cr_assert_eq(pool[1].base, page(14));
    cr_assert_eq(pool[1].end, page(20));
    cr_assert_eq(pool[1].offset, page(7));
    cr_assert_eq(pool[1].guards, GUARD_AFTER);
    cr_assert_eq(area_find(&tree, page(14)), &pool[1]);
}

Test(areas, trimming_the_front_moves_the_offset_and_drops_the_guard) {
    cr_assert(insert(0, 10, 20, GUARD_BEFORE | GUARD_AFTER));
    area_trim_front(&pool[0], page(15));
    cr_assert_eq(pool[0].base, page(15));
    cr_assert_eq(pool[0].offset, page(5));
    cr_assert_eq(pool[0].guards, GUARD_AFTER);
    cr_assert(insert(1, 14, 15, 0));
}

Test(areas, the_lowest_gap_that_is_large_enough_is_taken) {
    cr_assert(insert(0, 10, 20, GUARD_AFTER));
    cr_assert(insert(1, 24, 30, 0));
    pool[2] = (struct area){.end = page(3), .guards = GUARD_BEFORE};
    cr_assert(area_insert_lowest(&tree, &pool[2], page(10), page(100)));
    cr_assert_eq(pool[2].base, page(31));
    pool[3] = (struct area){.end = page(90)};
    cr_assert_not(area_insert_lowest(&tree, &pool[3], page(10), page(100)));
}

// The same by an array with an entry per page: 0 free, else the area's index + 1; guards apart.
static uint32_t owners[PAGES];
static bool guarded[PAGES];

static bool model_has_room(uint64_t first, uint64_t end, uint8_t guards) {
    for (uint64_t i = first; i < end; i++)
        if (owners[i] != 0 || guarded[i])
            return false;
    return !((guards & GUARD_BEFORE) && owners[first - 1] != 0) && !((guards & GUARD_AFTER) && owners[end] != 0);
}

static void model_mark(uint64_t first, uint64_t end, uint32_t owner) {
    for (uint64_t i = first; i < end; i++)
        owners[i] = owner;
}

static void model_guards(void) {
    for (uint32_t i = 0; i < PAGES; i++)
        guarded[i] = false;
    for (uint32_t i = 1; i < PAGES - 1; i++) {
        if (owners[i] == 0)
            continue;
        const struct area *area = &pool[owners[i] - 1];
        if (area->base == page(i) && (area->guards & GUARD_BEFORE))
            guarded[i - 1] = true;
        if (area->end == page(i + 1) && (area->guards & GUARD_AFTER))
            guarded[i + 1] = true;
    }
}

static void step_insert(uint32_t index) {
    uint64_t first = 2 + (uint64_t)rand() % (PAGES - 20), end = first + 1 + (uint64_t)rand() % 12;
    uint8_t guards = (uint8_t)(rand() % 4);
    bool room = model_has_room(first, end, guards);
    cr_assert_eq(insert(index, first, end, guards), room);
    if (room)
        model_mark(first, end, index + 1);
    else
        pool[index].end = 0;
}

static void step_remove(uint32_t index) {
    area_remove(&tree, &pool[index]);
    model_mark(pool[index].base / PAGE_SIZE, pool[index].end / PAGE_SIZE, 0);
    pool[index].end = 0;
}

static void step_split(uint32_t index, uint32_t upper) {
    uint64_t first = pool[index].base / PAGE_SIZE, end = pool[index].end / PAGE_SIZE;
    if (end - first < 2 || pool[upper].end != 0)
        return;
    uint64_t at = first + 1 + (uint64_t)rand() % (end - first - 1);
    area_split(&tree, &pool[index], page(at), &pool[upper]);
    model_mark(at, end, upper + 1);
}

Test(areas, a_long_random_run_agrees_with_an_array_of_pages) {
    srand(7);
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t index = (uint32_t)rand() % 64;
        if (pool[index].end == 0)
            step_insert(index);
        else if (rand() % 3 == 0)
            step_split(index, (uint32_t)rand() % 64);
        else
            step_remove(index);
        model_guards();
        uint32_t look = (uint32_t)rand() % PAGES;
        const struct area *found = area_find(&tree, page(look));
        cr_assert_eq(found != 0 ? (uint32_t)(found - pool) + 1 : 0, owners[look]);
    }
}
