// The times in which the machine stood.
#include <criterion/criterion.h>

#include "kernel/base/stands.h"

Test(stands, nothing_stood_before_any_was_told) {
    cr_assert_eq(stands_without(0), 0);
    cr_assert_eq(stands_without(UINT64_MAX - 1), UINT64_MAX - 1);
}

Test(stands, what_was_noted_before_one_is_what_it_was_and_what_was_noted_later_lacks_all_of_it) {
    stand_note(100, 150);
    stand_note(200, 230);
    cr_assert_eq(stands_without(99), 99);
    cr_assert_eq(stands_without(100), 100);
    cr_assert_eq(stands_without(150), 100);
    cr_assert_eq(stands_without(199), 149);
    cr_assert_eq(stands_without(230), 150);
    cr_assert_eq(stands_without(1000), 920);
}

Test(stands, within_one_the_clock_stands) {
    stand_note(100, 150);
    cr_assert_eq(stands_without(120), 100);
    cr_assert_eq(stands_without(149), 100);
}

Test(stands, one_that_is_told_in_parts_takes_one_place) {
    stand_note(10, 20);
    for (uint64_t i = 0; i < 2 * STANDS_MAX; i++)
        stand_note(100 + i, 101 + i);
    cr_assert_eq(stands_without(5), 5);
    cr_assert_eq(stands_without(50), 40);
    cr_assert_eq(stands_without(1000), 990 - 2 * STANDS_MAX);
}

Test(stands, of_many_the_sum_stays_and_time_never_runs_backwards) {
    enum { COUNT = 3 * STANDS_MAX, EVERY = 100, LONG = 40 };
    for (uint64_t i = 1; i <= COUNT; i++)
        stand_note(i * EVERY, i * EVERY + LONG);
    cr_assert_eq(stands_without(0), 0);
    cr_assert_eq(stands_without(COUNT * EVERY + LONG), COUNT * (EVERY - LONG) + LONG);
    uint64_t before = 0;
    for (uint64_t counter = 0; counter <= (COUNT + 1) * EVERY; counter++) {
        cr_assert_geq(stands_without(counter), before);
        before = stands_without(counter);
    }
}

// A thread that is stepped stands at each of its instructions, also at those that read the clock.
Test(stands, what_comes_later_changes_nothing_before) {
    enum { COUNT = STANDS_MAX / 2, EVERY = 100, LONG = 40, LAST = COUNT * EVERY };
    uint64_t told[LAST];
    for (uint64_t i = 1; i < COUNT; i++)
        stand_note(i * EVERY, i * EVERY + LONG);
    for (uint64_t counter = 0; counter < LAST; counter++)
        told[counter] = stands_without(counter);
    for (uint64_t i = 1; i < STANDS_MAX / 2; i++)
        stand_note(LAST + i * EVERY, LAST + i * EVERY + LONG);
    for (uint64_t counter = 0; counter < LAST; counter++)
        cr_assert_eq(stands_without(counter), told[counter]);
}
