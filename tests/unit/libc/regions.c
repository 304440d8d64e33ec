// Tests of the list of mapped regions: what lies where, and what is left when a part is taken out.
#include "libc/posix/regions.h"

#include <criterion/criterion.h>

static struct regions regions;

static void finish(void) {
    cr_assert(regions_remove(&regions, 0, UINT64_MAX));
    cr_assert_null(regions.first);
}

TestSuite(regions, .fini = finish);

static void add(uint64_t base, uint64_t end, uint64_t key) {
    struct region region = {.base = base, .end = end, .key = key, .offset = 0x10000};
    cr_assert(regions_add(&regions, &region));
}

static void expect(uint64_t at, uint64_t base, uint64_t end, uint64_t key, uint64_t offset) {
    const struct region *region = regions_from(&regions, at);
    cr_assert_not_null(region);
    cr_assert(region->base == base && region->end == end && region->key == key && region->offset == offset);
}

Test(regions, they_are_found_by_address_in_order) {
    add(0x5000, 0x6000, 2);
    add(0x1000, 0x3000, 1);
    expect(0, 0x1000, 0x3000, 1, 0x10000);
    expect(0x2fff, 0x1000, 0x3000, 1, 0x10000);
    expect(0x3000, 0x5000, 0x6000, 2, 0x10000);
    cr_assert_null(regions_from(&regions, 0x6000));
}

Test(regions, what_is_taken_out_of_the_middle_leaves_both_ends_with_their_offsets) {
    add(0x1000, 0x9000, 1);
    cr_assert(regions_remove(&regions, 0x3000, 0x5000));
    expect(0x1000, 0x1000, 0x3000, 1, 0x10000);
    expect(0x3000, 0x5000, 0x9000, 1, 0x14000);
}

Test(regions, taking_out_reaches_over_several_and_gaps) {
    add(0x1000, 0x3000, 1);
    add(0x4000, 0x5000, 2);
    add(0x5000, 0x8000, 3);
    cr_assert(regions_remove(&regions, 0x2000, 0x6000));
    expect(0, 0x1000, 0x2000, 1, 0x10000);
    expect(0x2000, 0x6000, 0x8000, 3, 0x11000);
    cr_assert(regions_remove(&regions, 0x9000, 0xa000)); // nothing there
}

Test(regions, a_range_is_covered_when_no_byte_of_it_lies_outside) {
    add(0x1000, 0x3000, 1);
    add(0x3000, 0x5000, 2);
    add(0x6000, 0x7000, 3);
    cr_assert(regions_cover(&regions, 0x1000, 0x5000));
    cr_assert(regions_cover(&regions, 0x2000, 0x4000));
    cr_assert_not(regions_cover(&regions, 0x0000, 0x2000));
    cr_assert_not(regions_cover(&regions, 0x4000, 0x6000));
    cr_assert_not(regions_cover(&regions, 0x4000, 0x7000));
    cr_assert_not(regions_cover(&regions, 0x6000, 0x8000));
}
