// The heap of libc: blocks keep what was written, neighbours join, regions go back, mistakes are found.
#include "libc/heap/heap.h"

#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct heap heap;
static size_t mapped;
static bool has_memory = true;
static const char *failure;
static jmp_buf failed;

void *heap_region_map(size_t size) {
    if (!has_memory)
        return NULL;
    mapped += size;
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void heap_region_unmap(void *region, size_t size) {
    mapped -= size;
    munmap(region, size);
}

void heap_fail(const char *what) {
    failure = what;
    longjmp(failed, 1);
}

Test(heap, a_block_is_aligned_and_as_large_as_wanted) {
    for (size_t size = 0; size < 5000; size += 7) {
        void *pointer = heap_allocate(&heap, size);
        cr_assert_eq((uintptr_t)pointer % HEAP_ALIGNMENT, 0);
        cr_assert_geq(heap_usable_size(pointer), size);
        heap_free(&heap, pointer);
    }
}

Test(heap, neighbours_join_so_that_one_region_serves_again_and_again) {
    void *blocks[64];
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 64; i++)
            blocks[i] = heap_allocate(&heap, 1000);
        for (int i = 0; i < 64; i += 2)
            heap_free(&heap, blocks[i]);
        for (int i = 1; i < 64; i += 2)
            heap_free(&heap, blocks[i]);
    }
    cr_assert_eq(heap.regions, 1);
    cr_assert_not_null(heap_allocate(&heap, HEAP_REGION_SIZE * 3 / 4), "the region is one block again");
    cr_assert_eq(heap.regions, 1);
}

Test(heap, a_large_region_goes_back_when_it_is_free) {
    void *small = heap_allocate(&heap, 10);
    size_t before = mapped;
    void *large = heap_allocate(&heap, 1 << 20);
    cr_assert_gt(mapped, before);
    heap_free(&heap, large);
    cr_assert_eq(mapped, before);
    heap_free(&heap, small);
}

Test(heap, resizing_keeps_the_contents) {
    char *pointer = heap_allocate(&heap, 100);
    memset(pointer, 'x', 100);
    for (size_t size = 100; size < 300000; size = size * 3 / 2) {
        pointer = heap_resize(&heap, pointer, size);
        for (int i = 0; i < 100; i++)
            cr_assert_eq(pointer[i], 'x');
    }
    pointer = heap_resize(&heap, pointer, 10);
    cr_assert_eq(pointer[9], 'x');
    cr_assert_leq(heap_usable_size(pointer), 64);
}

Test(heap, a_block_with_an_alignment_has_it) {
    for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        void *pointer = heap_allocate_aligned(&heap, alignment, 100);
        cr_assert_eq((uintptr_t)pointer % alignment, 0);
        memset(pointer, 1, 100);
        heap_free(&heap, pointer);
    }
}

Test(heap, without_memory_the_answer_is_null_and_nothing_is_lost) {
    char *kept = heap_allocate(&heap, 100);
    memset(kept, 'k', 100);
    has_memory = false;
    cr_assert_null(heap_allocate(&heap, 1 << 20));
    cr_assert_null(heap_resize(&heap, kept, 1 << 20));
    cr_assert_eq(kept[99], 'k');
}

Test(heap, sizes_that_overflow_are_refused) {
    cr_assert_null(heap_allocate(&heap, SIZE_MAX));
    cr_assert_null(heap_allocate(&heap, SIZE_MAX - 64));
    cr_assert_null(heap_allocate_aligned(&heap, 4096, SIZE_MAX - 100));
    cr_assert_null(heap_resize(&heap, heap_allocate(&heap, 1), SIZE_MAX));
}

Test(heap, a_second_free_is_found) {
    void *pointer = heap_allocate(&heap, 100);
    heap_allocate(&heap, 100);
    heap_free(&heap, pointer);
    if (setjmp(failed) == 0)
        heap_free(&heap, pointer);
    cr_assert_not_null(failure);
}

Test(heap, writing_beyond_the_end_is_found) {
    char *pointer = heap_allocate(&heap, 100);
    heap_allocate(&heap, 100);
    memset(pointer, 0, heap_usable_size(pointer) + sizeof(size_t));
    if (setjmp(failed) == 0)
        heap_free(&heap, pointer);
    cr_assert_not_null(failure);
}

enum { SLOTS = 300, ROUNDS = 200000 };

static void check(const unsigned char *pointer, size_t size, int slot) {
    for (size_t i = 0; i < size; i += 61)
        cr_assert_eq(pointer[i], (unsigned char)(slot + i));
}

static void fill(unsigned char *pointer, size_t size, int slot) {
    for (size_t i = 0; i < size; i++)
        pointer[i] = (unsigned char)(slot + i);
}

Test(heap, blocks_of_random_sizes_never_touch_each_other) {
    static unsigned char *blocks[SLOTS];
    static size_t sizes[SLOTS];
    srand(20240);
    for (int round = 0; round < ROUNDS; round++) {
        int slot = rand() % SLOTS;
        size_t size = (size_t)rand() % (rand() % 50 == 0 ? 200000 : 600);
        if (blocks[slot])
            check(blocks[slot], sizes[slot], slot);
        if (rand() % 3 == 0) {
            blocks[slot] = heap_resize(&heap, blocks[slot], size);
            check(blocks[slot], size < sizes[slot] ? size : sizes[slot], slot);
        } else {
            heap_free(&heap, blocks[slot]);
            blocks[slot] = heap_allocate(&heap, size);
        }
        sizes[slot] = size;
        fill(blocks[slot], size, slot);
    }
    for (int slot = 0; slot < SLOTS; slot++)
        heap_free(&heap, blocks[slot]);
    cr_assert_eq(heap.regions, 1);
    cr_assert_eq(mapped, HEAP_REGION_SIZE);
}
