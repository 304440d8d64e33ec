// The times in which the machine stood.
#include <criterion/criterion.h>

#include "kernel/base/stands.h"

Test(stands, nothing_stood_before_any_was_told) {
    cr_assert_eq(stands_behind(0), 0);
    cr_assert_eq(stands_behind(UINT64_MAX), 0);
}

Test(stands, what_was_noted_before_has_all_of_it_behind_it_and_what_was_noted_later_none) {
    stand_note(100, 150);
    stand_note(200, 230);
    cr_assert_eq(stands_behind(99), 80);
    cr_assert_eq(stands_behind(100), 80);
    cr_assert_eq(stands_behind(150), 30);
    cr_assert_eq(stands_behind(199), 30);
    cr_assert_eq(stands_behind(230), 0);
    cr_assert_eq(stands_behind(UINT64_MAX), 0);
}

Test(stands, within_one_the_rest_of_it_lies_behind) {
    stand_note(100, 150);
    cr_assert_eq(stands_behind(120), 30);
    cr_assert_eq(stands_behind(149), 1);
}

Test(stands, one_that_is_told_in_parts_takes_one_place) {
    stand_note(10, 20);
    for (uint64_t i = 0; i < 2 * STANDS_MAX; i++)
        stand_note(100 + i, 101 + i);
    cr_assert_eq(stands_behind(0), 10 + 2 * STANDS_MAX);
    cr_assert_eq(stands_behind(20), 2 * STANDS_MAX);
}

Test(stands, of_many_the_sum_stays_and_time_never_runs_backwards) {
    enum { COUNT = 3 * STANDS_MAX, EVERY = 100, LONG = 40 };
    for (uint64_t i = 1; i <= COUNT; i++)
        stand_note(i * EVERY, i * EVERY + LONG);
    cr_assert_eq(stands_behind(0), COUNT * LONG);
    cr_assert_eq(stands_behind((COUNT - 1) * EVERY + LONG), LONG);
    uint64_t before = 0;
    for (uint64_t counter = 0; counter <= (COUNT + 1) * EVERY; counter++) {
        uint64_t time = counter + stands_behind(counter); // the clock, but for a constant
        cr_assert_geq(time, before);
        before = time;
    }
}
