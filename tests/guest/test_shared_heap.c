// A shared heap between two processes: blocks pass by offset, and the other side may write what it likes, or die.
#include "tests/guest/guest.h"

#include <parley/shared_heap.h>

enum { HEAP_SIZE = 64 << 10, MESSAGE_SIZE = 32, BLOCK = 1000, BLOCKS = 40 };

// Where a block is, in a message.
struct place {
    uint64_t offset, size, sum, reserved;
};

static uint64_t sum_of(const uint8_t *bytes, size_t size) {
    uint64_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = sum * 31 + bytes[i];
    return sum;
}

// Sums the blocks that it is told of, and gives each back.
ROLE(sums_blocks) {
    struct shared_view view;
    struct port_information information;
    struct place place;
    int32_t port = guest_granted("port");
    ROLE_EXPECT(shared_view_map(guest_granted("heap"), &view) == STATUS_OK);
    while (port_receive(port, &place, &information, DEADLINE_NEVER, NULL) == STATUS_OK) {
        uint8_t *block = shared_view_pointer(&view, (uint32_t)place.offset, place.size);
        place.sum = block != NULL ? sum_of(block, place.size) : 0;
        ROLE_EXPECT(block == NULL || shared_view_give_back(&view, (uint32_t)place.offset));
        ROLE_EXPECT(port_reply(port, information.id, &place, NULL) == STATUS_OK);
    }
    return 0;
}

static int32_t start_with_port(const char *role, struct shared_heap *heap, struct spawned *child) {
    struct port_create plan = {.message_size = MESSAGE_SIZE};
    int32_t port;
    EXPECT_OK(port_create(&plan, &port));
    guest_grant("heap", shared_heap_number(heap), RIGHT_READ | RIGHT_WRITE);
    guest_grant("port", port, RIGHT_READ);
    *child = guest_start(role, NULL);
    EXPECT_OK(number_close(port));
    return plan.entry;
}

TEST(blocks_pass_by_offset_and_come_back_from_the_other_end) {
    struct shared_heap *heap;
    struct spawned child;
    EXPECT_OK(shared_heap_create(HEAP_SIZE, &heap));
    int32_t entry = start_with_port("sums_blocks", heap, &child);
    for (uint32_t i = 0; i < 4 * BLOCKS; i++) { // more than there is room for, were they not given back
        uint32_t offset;
        EXPECT_OK(shared_heap_allocate(heap, 2 * BLOCK, true, &offset));
        uint8_t *block = shared_heap_pointer(heap, offset, 2 * BLOCK);
        memset(block, (int)i, 2 * BLOCK);
        struct place place = {.offset = offset, .size = 2 * BLOCK};
        uint64_t sum = sum_of(block, 2 * BLOCK);
        EXPECT_OK(port_call(entry, &place, NULL, guest_soon()));
        EXPECT_EQUAL(place.sum, sum);
    }
    struct place outside = {.offset = HEAP_SIZE - 8, .size = 64};
    EXPECT_OK(port_call(entry, &outside, NULL, guest_soon()));
    EXPECT_EQUAL(outside.sum, 0);
    EXPECT_OK(number_close(entry));
    guest_expect_success(child);
    shared_heap_destroy(heap);
}

ROLE(overwrites_all) {
    struct shared_view view;
    ROLE_EXPECT(shared_view_map(guest_granted("heap"), &view) == STATUS_OK);
    guest_say(guest_parent(), 1);
    for (uint32_t seed = 1;; seed = seed * 1664525 + 1013904223)
        view.base[seed % view.size] = (uint8_t)(seed >> 24);
}

// R-P6
TEST(the_owner_goes_on_while_the_other_side_overwrites_all_of_it_and_dies) {
    struct shared_heap *heap;
    uint32_t mine[BLOCKS] = {0}, lent;
    EXPECT_OK(shared_heap_create(HEAP_SIZE, &heap));
    guest_grant("heap", shared_heap_number(heap), RIGHT_READ | RIGHT_WRITE);
    struct spawned child = guest_start("overwrites_all", NULL);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t *place = &mine[round * 7 % BLOCKS];
        if (*place != 0)
            EXPECT_OK(shared_heap_free(heap, *place));
        *place = 0;
        if (round % 3 == 0)
            shared_heap_allocate(heap, BLOCK, true, &lent);
        else if (shared_heap_allocate(heap, BLOCK, false, place) != STATUS_OK)
            *place = 0;
    }
    guest_kill(child);
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (mine[i] != 0)
            EXPECT_OK(shared_heap_free(heap, mine[i]));
    shared_heap_reclaim(heap);
    EXPECT_OK(shared_heap_allocate(heap, HEAP_SIZE - 2 * BLOCK, false, &lent));
    shared_heap_destroy(heap);
}

TEST(a_heap_leaves_nothing_and_wrong_sizes_make_none) {
    struct shared_heap *heap;
    struct shared_view view;
    int32_t memory;
    EXPECT_STATUS(shared_heap_create(SHARED_HEAP_SIZE_MAX + 1, &heap), TOO_LARGE);
    EXPECT_STATUS(shared_heap_adopt(77777, &heap), BAD_NUMBER);
    struct guest_figures before = guest_figures_settled();
    EXPECT_OK(shared_heap_create(HEAP_SIZE, &heap));
    EXPECT_STATUS(shared_heap_allocate(heap, 0, false, &(uint32_t){0}), INVALID_ARGUMENT);
    shared_heap_destroy(heap);
    EXPECT_OK(shared_create(2 * SHARED_HEAP_SIZE_MAX, &memory));
    EXPECT_STATUS(shared_view_map(memory, &view), INVALID_ARGUMENT);
    EXPECT_OK(number_close(memory));
    guest_figures_forgive_tables(&before);
    EXPECT(guest_figures_changed(&before) == NULL);
}
