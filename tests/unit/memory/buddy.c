// Tests of the buddy allocator's arithmetic, over an array of frames that have no memory behind them.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/memory/buddy.h"

enum { COUNT = 4096 };

static struct frame frames[COUNT];
static struct buddy buddy;

static void start(void) {
    memset(frames, 0, sizeof(frames));
    buddy_start(&buddy, frames, COUNT);
}

TestSuite(buddy, .init = start);

// Takes blocks of one order until there are no more; returns how many frames they have in all.
static uint32_t take_all(uint32_t order, uint32_t *indexes, uint32_t *count) {
    uint32_t index;
    *count = 0;
    while (buddy_take(&buddy, order, &index))
        indexes[(*count)++] = index;
    return *count << order;
}

Test(buddy, nothing_is_free_at_first) {
    uint32_t index = 77;
    cr_assert_eq(buddy.free, 0);
    cr_assert_not(buddy_take(&buddy, 0, &index));
    cr_assert_eq(index, 77);
}

Test(buddy, every_frame_of_an_odd_range_is_given_out_once) {
    static uint32_t indexes[COUNT];
    bool seen[COUNT] = {false};
    uint32_t count;
    buddy_add(&buddy, 3, 1021);
    cr_assert_eq(buddy.free, 1021);
    cr_assert_eq(take_all(0, indexes, &count), 1021);
    for (uint32_t i = 0; i < count; i++) {
        cr_assert(indexes[i] >= 3 && indexes[i] < 1024 && !seen[indexes[i]]);
        seen[indexes[i]] = true;
        cr_assert_eq(frames[indexes[i]].references, 1);
        cr_assert_eq(frames[indexes[i]].state, FRAME_USED);
    }
    cr_assert_eq(buddy.free, 0);
}

Test(buddy, blocks_are_aligned_to_their_size_and_do_not_overlap) {
    static uint32_t indexes[COUNT];
    buddy_add(&buddy, 1, COUNT - 1);
    for (uint32_t order = BUDDY_ORDERS; order-- > 0;) {
        uint32_t count;
        take_all(order, indexes, &count);
        cr_assert_gt(count, 0);
        for (uint32_t i = 0; i < count; i++) {
            cr_assert_eq(indexes[i] % (1u << order), 0);
            cr_assert_eq(frames[indexes[i]].order, order);
            buddy_give(&buddy, indexes[i], order);
        }
        cr_assert_eq(buddy.free, COUNT - 1);
    }
}

Test(buddy, buddies_merge_in_whatever_order_they_come_back) {
    static uint32_t indexes[COUNT];
    uint32_t count, block;
    buddy_add(&buddy, 0, COUNT);
    take_all(0, indexes, &count);
    srand(1);
    for (uint32_t left = count; left > 0; left--) {
        uint32_t pick = (uint32_t)rand() % left;
        buddy_give(&buddy, indexes[pick], 0);
        indexes[pick] = indexes[left - 1];
    }
    cr_assert_eq(buddy.free, COUNT);
    for (uint32_t i = 0; i < COUNT >> (BUDDY_ORDERS - 1); i++)
        cr_assert(buddy_take(&buddy, BUDDY_ORDERS - 1, &block));
    cr_assert_eq(buddy.free, 0);
}

Test(buddy, a_block_does_not_merge_with_a_buddy_that_is_used_or_split) {
    uint32_t a, b, c;
    buddy_add(&buddy, 0, 4);
    cr_assert(buddy_take(&buddy, 0, &a));
    cr_assert(buddy_take(&buddy, 0, &b));
    buddy_give(&buddy, a, 0);
    cr_assert_not(buddy_take(&buddy, 2, &c));
    cr_assert(buddy_take(&buddy, 1, &c));
    cr_assert_neq(c & ~1u, b & ~1u);
    buddy_give(&buddy, c, 1);
    buddy_give(&buddy, b, 0);
    cr_assert(buddy_take(&buddy, 2, &c));
}

Test(buddy, the_range_between_two_added_ones_is_never_given_out) {
    static uint32_t indexes[COUNT];
    uint32_t count;
    buddy_add(&buddy, 0, 512);
    buddy_add(&buddy, 513, 511);
    cr_assert_eq(take_all(0, indexes, &count), 1023);
    for (uint32_t i = 0; i < count; i++)
        cr_assert_neq(indexes[i], 512);
}
