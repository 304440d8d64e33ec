// Tests of the lists of physical ranges that memory is started from.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/boot/ranges.h"

static struct boot_range list[BOOT_RANGES_MAX];
static uint32_t count;

static void start(void) {
    memset(list, 0, sizeof(list));
    count = 0;
}

TestSuite(ranges, .init = start);

static void expect(uint32_t at, uint64_t base, uint64_t size) {
    cr_assert_lt(at, count);
    cr_assert_eq(list[at].base, base, "entry %u: expected base %#lx, found %#lx", at, base, list[at].base);
    cr_assert_eq(list[at].size, size, "entry %u: expected size %#lx, found %#lx", at, size, list[at].size);
}

Test(ranges, entries_are_sorted_by_address) {
    range_add(list, &count, 0x5000, 0x1000);
    range_add(list, &count, 0x1000, 0x1000);
    range_add(list, &count, 0x3000, 0x1000);
    cr_assert_eq(count, 3);
    expect(0, 0x1000, 0x1000);
    expect(1, 0x3000, 0x1000);
    expect(2, 0x5000, 0x1000);
}

Test(ranges, what_touches_or_overlaps_becomes_one) {
    range_add(list, &count, 0x1000, 0x1000);
    range_add(list, &count, 0x3000, 0x1000);
    range_add(list, &count, 0x1800, 0x1800);
    cr_assert_eq(count, 1);
    expect(0, 0x1000, 0x3000);
}

Test(ranges, an_empty_range_adds_nothing) {
    range_add(list, &count, 0x1000, 0);
    cr_assert_eq(count, 0);
}

Test(ranges, an_end_beyond_the_last_address_is_cut) {
    range_add(list, &count, UINT64_MAX - 0xfff, 0x10000);
    expect(0, UINT64_MAX - 0xfff, 0xfff);
}

Test(ranges, removing_the_middle_leaves_both_sides) {
    range_add(list, &count, 0x1000, 0x9000);
    range_remove(list, &count, 0x4000, 0x1000);
    cr_assert_eq(count, 2);
    expect(0, 0x1000, 0x3000);
    expect(1, 0x5000, 0x5000);
}

Test(ranges, removing_covers_several_entries_and_parts_of_others) {
    range_add(list, &count, 0x1000, 0x2000);
    range_add(list, &count, 0x4000, 0x1000);
    range_add(list, &count, 0x6000, 0x2000);
    range_remove(list, &count, 0x2000, 0x5000);
    cr_assert_eq(count, 2);
    expect(0, 0x1000, 0x1000);
    expect(1, 0x7000, 0x1000);
}

Test(ranges, removing_nothing_changes_nothing) {
    range_add(list, &count, 0x1000, 0x1000);
    range_remove(list, &count, 0x1800, 0);
    cr_assert_eq(count, 1);
    expect(0, 0x1000, 0x1000);
}

Test(ranges, a_full_list_drops_what_comes_next) {
    for (uint64_t i = 0; i < BOOT_RANGES_MAX; i++)
        range_add(list, &count, i * 0x10000, 0x1000);
    range_add(list, &count, UINT64_C(1) << 40, 0x1000);
    cr_assert_eq(count, BOOT_RANGES_MAX);
    expect(BOOT_RANGES_MAX - 1, (BOOT_RANGES_MAX - 1) * UINT64_C(0x10000), 0x1000);
}

Test(ranges, a_part_is_covered_and_more_than_an_entry_is_not) {
    range_add(list, &count, 0x1000, 0x2000);
    cr_assert(range_covers(list, count, 0x1800, 0x1000));
    cr_assert(range_covers(list, count, 0x1000, 0x2000));
    cr_assert_not(range_covers(list, count, 0x1000, 0x2001));
    cr_assert_not(range_covers(list, count, 0xfff, 0x10));
    cr_assert_not(range_covers(list, count, 0x1000, UINT64_MAX));
}

Test(ranges, aligning_keeps_whole_pages_only) {
    range_add(list, &count, 0x1001, 0x2fff);
    range_add(list, &count, 0x8010, 0x100);
    range_add(list, &count, 0xa000, 0x1fff);
    ranges_align(list, &count);
    cr_assert_eq(count, 2);
    expect(0, 0x2000, 0x2000);
    expect(1, 0xa000, 0x1000);
    cr_assert_eq(ranges_size(list, count), 0x3000);
}

// Against a map of single units, at random: the same units belong to the list after each step.
Test(ranges, random_steps_agree_with_a_map_of_units) {
    enum { UNITS = 256, STEPS = 20000 };
    static bool map[UNITS];
    srand(7);
    for (int step = 0; step < STEPS; step++) {
        uint64_t base = (uint64_t)rand() % UNITS, size = (uint64_t)rand() % 24;
        bool adds = rand() % 2;
        (adds ? range_add : range_remove)(list, &count, base, size);
        for (uint64_t unit = base; unit < base + size && unit < UNITS; unit++)
            map[unit] = adds;
        range_remove(list, &count, UNITS, 64);
        for (uint64_t unit = 0; unit < UNITS; unit++)
            cr_assert_eq(range_covers(list, count, unit, 1), map[unit], "unit %lu at step %d", unit, step);
    }
}
