// Free parts of a range: what is taken does not meet, what is given back is joined, and nothing is lost.
#include "os/files/extents.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { BASE = 4096, SIZE = 64 << 10, PARTS = 200 };

static struct extents extents;
static uint64_t given_back;

static void give_back(uint64_t place, uint64_t size) {
    given_back += size;
}

static void setup(void) {
    cr_assert_eq(extents_create(&extents, BASE, SIZE, 64), STATUS_OK);
}

static void teardown(void) {
    extents_destroy(&extents);
}

TestSuite(extents, .init = setup, .fini = teardown);

static uint64_t take(uint64_t size) {
    uint64_t place = 0;
    cr_assert_eq(extents_take(&extents, size, &place), STATUS_OK);
    return place;
}

// All of it is one part again.
static void expect_all_free(void) {
    uint64_t place = 0;
    cr_assert_eq(extents_take(&extents, SIZE, &place), STATUS_OK);
    cr_assert_eq(place, BASE);
    extents_leave(&extents, place, SIZE);
    extents_settle(&extents, NULL);
}

Test(extents, what_was_left_is_free_only_when_it_is_settled) {
    uint64_t place = take(SIZE), none = 0;
    extents_leave(&extents, place, SIZE);
    cr_assert_eq(extents_take(&extents, 1, &none), STATUS_LIMIT_REACHED);
    extents_settle(&extents, give_back);
    cr_assert_eq(given_back, SIZE);
    expect_all_free();
}

Test(extents, a_claimed_part_is_not_given_out) {
    cr_assert_eq(extents_claim(&extents, BASE + 640, 64), STATUS_OK);
    cr_assert_eq(extents_claim(&extents, BASE + 640, 64), STATUS_EXISTS);
    cr_assert_eq(extents_claim(&extents, BASE + 576, 128), STATUS_EXISTS);
    cr_assert_eq(extents_claim(&extents, BASE + 1, 64), STATUS_EXISTS, "no granule begins there");
    cr_assert_eq(extents_claim(&extents, BASE + SIZE, 64), STATUS_EXISTS);
    cr_assert_eq(extents_claim(&extents, UINT64_MAX - 63, 64), STATUS_EXISTS);
    cr_assert_eq(extents_claim(&extents, BASE, UINT64_MAX), STATUS_EXISTS);
    cr_assert_eq(take(640), BASE);
    extents_leave(&extents, BASE, 640);
    extents_leave(&extents, BASE + 640, 64);
    extents_settle(&extents, NULL);
    expect_all_free();
}

Test(extents, of_many_parts_none_meets_another_and_all_come_back) {
    static uint8_t used[SIZE / 64];
    static uint64_t place[PARTS], size[PARTS];
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t i = (uint32_t)random() % PARTS;
        if (size[i]) {
            for (uint64_t at = 0; at < (size[i] + 63) / 64; at++) {
                used[(place[i] - BASE) / 64 + at] = 0;
            }
            extents_leave(&extents, place[i], size[i]);
            extents_settle(&extents, NULL);
            size[i] = 0;
            continue;
        }
        uint64_t wanted = 1 + (uint64_t)random() % 1500;
        if (extents_take(&extents, wanted, &place[i]) != STATUS_OK) {
            continue;
        }
        size[i] = wanted;
        for (uint64_t at = 0; at < (wanted + 63) / 64; at++) {
            cr_assert_eq(used[(place[i] - BASE) / 64 + at]++, 0);
        }
    }
    for (uint32_t i = 0; i < PARTS; i++) {
        if (size[i]) {
            extents_leave(&extents, place[i], size[i]);
        }
    }
    extents_settle(&extents, NULL);
    expect_all_free();
}
