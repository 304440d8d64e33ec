// The blocks of a shared heap: allocated, freed, given back; and a shared part that the other side overwrites at random.
#include "libc/shared_heap/blocks.h"

#include <criterion/criterion.h>
#include <parley/shared_heap.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 64 << 10, GRANULE = SHARED_HEAP_GRANULE, FIRST = 1024 };

static uint8_t shared[SIZE];
static struct block_run runs[SIZE / GRANULE];

static struct blocks heap_make(void) {
    struct blocks heap;
    cr_assert(blocks_plan(SIZE, &heap));
    heap.shared = shared;
    heap.runs = runs;
    blocks_start(&heap);
    return heap;
}

Test(shared_heap, too_small_or_too_large_a_memory_is_none) {
    struct blocks heap;
    cr_assert_not(blocks_plan(0, &heap));
    cr_assert_not(blocks_plan(GRANULE, &heap));
    cr_assert(blocks_plan(2 * GRANULE, &heap));
    cr_assert_not(blocks_plan((size_t)SHARED_HEAP_SIZE_MAX + 1, &heap));
}

Test(shared_heap, blocks_do_not_overlap_and_all_room_can_be_had) {
    struct blocks heap = heap_make();
    uint32_t count = 0, last = 0, offset;
    while ((offset = blocks_allocate(&heap, GRANULE + 1, false)) != 0) {
        cr_assert_geq(offset, last + (last ? 2 * GRANULE : 0));
        last = offset;
        count++;
    }
    cr_assert_eq(count, (SIZE - FIRST) / (2 * GRANULE));
    cr_assert_eq(blocks_allocate(&heap, 0, false), 0);
    cr_assert_eq(blocks_allocate(&heap, SIZE, false), 0);
    cr_assert_eq(blocks_allocate(&heap, SIZE_MAX, false), 0);
}

Test(shared_heap, what_is_freed_becomes_one_again) {
    struct blocks heap = heap_make();
    uint32_t offsets[3];
    for (int i = 0; i < 3; i++)
        offsets[i] = blocks_allocate(&heap, 20000, false);
    cr_assert_eq(blocks_allocate(&heap, 20000, false), 0);
    for (int i = 0; i < 3; i++)
        cr_assert(blocks_free(&heap, offsets[i]));
    cr_assert_eq(blocks_allocate(&heap, SIZE - FIRST, false), FIRST);
}

Test(shared_heap, only_the_start_of_a_taken_block_is_freed_and_once) {
    struct blocks heap = heap_make();
    uint32_t offset = blocks_allocate(&heap, 1000, false);
    static const uint32_t wrong[] = {0, 1, GRANULE, FIRST - GRANULE, FIRST + 1, SIZE, SIZE - GRANULE, UINT32_MAX};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        cr_assert_not(blocks_free(&heap, wrong[i]), "%u", wrong[i]);
    cr_assert_not(blocks_free(&heap, offset + GRANULE));
    cr_assert(blocks_free(&heap, offset));
    cr_assert_not(blocks_free(&heap, offset));
}

Test(shared_heap, offsets_are_checked_against_the_bounds) {
    struct blocks heap = heap_make();
    cr_assert(blocks_contain(&heap, FIRST, SIZE - FIRST));
    cr_assert_not(blocks_contain(&heap, FIRST, SIZE - FIRST + 1));
    cr_assert_not(blocks_contain(&heap, FIRST - 1, 1), "the bytes of giving back");
    cr_assert_not(blocks_contain(&heap, UINT32_MAX, 1));
    cr_assert_not(blocks_contain(&heap, FIRST, SIZE_MAX));
}

Test(shared_heap, a_lent_block_is_not_the_owners_to_free_until_the_other_side_is_dead) {
    struct blocks heap = heap_make();
    uint32_t lent = blocks_allocate(&heap, SIZE - FIRST, true);
    cr_assert_not(blocks_free(&heap, lent));
    blocks_reclaim(&heap);
    cr_assert_eq(blocks_allocate(&heap, SIZE - FIRST, false), lent);
}

Test(shared_heap, a_lent_block_that_was_given_back_is_free) {
    struct blocks heap = heap_make();
    uint32_t lent = blocks_allocate(&heap, SIZE - FIRST, true);
    cr_assert_eq(blocks_allocate(&heap, 1, false), 0);
    shared[lent / GRANULE] = 1;
    uint32_t again = blocks_allocate(&heap, 1, false);
    cr_assert_eq(again, lent);
    shared[again / GRANULE] = 1; // this one was not lent
    cr_assert_neq(blocks_allocate(&heap, 1, false), lent);
}

// Runs cover the heap without gap and overlap.
static void expect_sound(const struct blocks *heap) {
    uint32_t at = heap->first;
    while (at < heap->count) {
        cr_assert_gt(heap->runs[at].length, 0);
        at += heap->runs[at].length;
    }
    cr_assert_eq(at, heap->count);
}

// R-P6: the other side overwrites all that it can reach, at any time. The owner's blocks that were not lent stay its own.
Test(shared_heap, whatever_the_other_side_writes_the_owners_books_stay_sound) {
    enum { BLOCKS = 32, STEPS = 200000 };
    struct blocks heap = heap_make();
    struct {
        uint32_t offset, size;
        bool lent;
    } mine[BLOCKS] = {{0}};
    srand(1);
    for (int step = 0; step < STEPS; step++) {
        int which = rand() % BLOCKS;
        for (int i = 0; i < 4; i++)
            shared[rand() % SIZE] = (uint8_t)rand();
        if (mine[which].offset != 0) {
            cr_assert(mine[which].lent || blocks_free(&heap, mine[which].offset), "only what was lent can be gone");
            mine[which].offset = 0;
        } else {
            mine[which].size = 1 + (uint32_t)rand() % 4000;
            mine[which].lent = which % 2;
            mine[which].offset = blocks_allocate(&heap, mine[which].size, mine[which].lent);
        }
        for (int i = 0; step % 97 == 0 && i < BLOCKS; i += 2)
            for (int k = 0; k < i; k += 2)
                cr_assert(mine[i].offset == 0 || mine[k].offset == 0 ||
                              mine[i].offset + mine[i].size <= mine[k].offset ||
                              mine[k].offset + mine[k].size <= mine[i].offset,
                          "blocks that were not lent overlap");
        if (step % 997 == 0) {
            blocks_reclaim(&heap);
            expect_sound(&heap);
        }
    }
    expect_sound(&heap);
}
