// Memory of a process: mapped, zeroed, protected, removed; fixed places; what is refused.
#include "tests/guest/guest.h"

static uint8_t *map(size_t pages, uint32_t flags) {
    uint64_t base;
    EXPECT_OK(memory_map(0, pages * PAGE_SIZE, PROTECTION_WRITE, flags, &base));
    EXPECT_EQUAL(base % PAGE_SIZE, 0);
    return (uint8_t *)base;
}

static void unmap(const void *address, size_t pages) {
    EXPECT_OK(memory_unmap((uint64_t)address, pages * PAGE_SIZE));
}

// What a system call can reach there, without a fault in this program.
static bool is_readable(const void *address) {
    return log_write(address, 0) == STATUS_OK &&
           message_send(guest_self(), address, 1, NULL, DEADLINE_NOW, NULL) == STATUS_OK;
}

static bool is_writable(void *address) {
    return random_read(address, 1) == STATUS_OK;
}

TEST(fresh_memory_is_zero_and_charged_when_it_is_first_touched) {
    uint64_t before = guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
    uint8_t *bytes = map(64, 0);
    EXPECT(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used <= before + 4);
    for (size_t i = 0; i < 64 * PAGE_SIZE; i++)
        EXPECT(bytes[i] == 0);
    memset(bytes, 1, 64 * PAGE_SIZE);
    EXPECT(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used >= before + 64);
    unmap(bytes, 64);
    EXPECT(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used <= before + 4);
}

TEST(memory_that_was_freed_never_shows_its_old_bytes) {
    for (int round = 0; round < 50; round++) {
        uint8_t *bytes = map(16, 0);
        for (size_t i = 0; i < 16 * PAGE_SIZE; i++)
            EXPECT(bytes[i] == 0);
        memset(bytes, 0xc7, 16 * PAGE_SIZE);
        unmap(bytes, 16);
    }
}

TEST(unmapped_memory_is_gone) {
    uint8_t *bytes = map(3, 0);
    bytes[0] = bytes[PAGE_SIZE] = bytes[2 * PAGE_SIZE] = 1;
    unmap(bytes + PAGE_SIZE, 1);
    EXPECT(is_writable(bytes) && is_writable(bytes + 2 * PAGE_SIZE));
    EXPECT(!is_writable(bytes + PAGE_SIZE) && !is_readable(bytes + PAGE_SIZE));
    unmap(bytes, 3);
    EXPECT(!is_writable(bytes));
    unmap(bytes, 3);
}

TEST(protection_is_what_was_asked_for_last) {
    uint8_t *bytes = map(1, 0);
    bytes[0] = 9;
    EXPECT_OK(memory_protect((uint64_t)bytes, PAGE_SIZE, PROTECTION_READ));
    EXPECT(is_readable(bytes) && !is_writable(bytes));
    EXPECT_EQUAL(bytes[0], 9);
    EXPECT_OK(memory_protect((uint64_t)bytes, PAGE_SIZE, PROTECTION_NONE));
    EXPECT(!is_readable(bytes) && !is_writable(bytes));
    EXPECT_OK(memory_protect((uint64_t)bytes, PAGE_SIZE, PROTECTION_WRITE));
    EXPECT_EQUAL(bytes[0], 9);
    EXPECT(is_writable(bytes));
    unmap(bytes, 1);
}

TEST(a_part_of_a_mapping_can_be_protected_alone) {
    uint8_t *bytes = map(3, 0);
    EXPECT_OK(memory_protect((uint64_t)bytes + PAGE_SIZE, PAGE_SIZE, PROTECTION_READ));
    EXPECT(is_writable(bytes) && !is_writable(bytes + PAGE_SIZE) && is_writable(bytes + 2 * PAGE_SIZE));
    unmap(bytes, 3);
}

TEST(protecting_what_is_not_mapped_is_refused_and_changes_nothing) {
    uint8_t *bytes = map(3, 0);
    unmap(bytes + PAGE_SIZE, 1);
    EXPECT_STATUS(memory_protect((uint64_t)bytes, 3 * PAGE_SIZE, PROTECTION_READ), NOT_FOUND);
    EXPECT(is_writable(bytes) && is_writable(bytes + 2 * PAGE_SIZE));
    unmap(bytes, 3);
}

TEST(a_fixed_place_is_given_or_refused) {
    uint8_t *bytes = map(2, 0);
    uint64_t base = (uint64_t)bytes, got;
    bytes[PAGE_SIZE] = 5;
    unmap(bytes, 1);
    EXPECT_OK(memory_map(base, PAGE_SIZE, PROTECTION_WRITE, MAP_FIXED, &got));
    EXPECT_EQUAL(got, base);
    EXPECT_EQUAL(bytes[0], 0);
    EXPECT_STATUS(memory_map(base, PAGE_SIZE, PROTECTION_WRITE, MAP_FIXED, &got), ADDRESS_IN_USE);
    EXPECT_EQUAL(bytes[PAGE_SIZE], 5);
    unmap(bytes, 2);
}

TEST(fixed_places_that_no_program_can_have_are_refused) {
    static const uint64_t places[] = {
        0, 0x1000, 0xf000, 0x7ffffffff000, 0x800000000000, 0xffff800000000000, 0xffffffff80000000, 0xfffffffffffff000};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint64_t base;
        enum status status = memory_map(places[i], PAGE_SIZE, PROTECTION_WRITE, MAP_FIXED, &base);
        if (status != STATUS_INVALID_ARGUMENT && status != STATUS_BAD_ADDRESS)
            FAIL("%#llx was answered by %s", (unsigned long long)places[i], status_name(status));
    }
    uint64_t base;
    EXPECT_STATUS(memory_map(0x10000001, PAGE_SIZE, PROTECTION_WRITE, MAP_FIXED, &base), INVALID_ARGUMENT);
}

TEST(guard_pages_keep_neighbours_away) {
    uint8_t *bytes = map(1, MAP_GUARD);
    uint64_t base;
    EXPECT(!is_writable(bytes - 1) && !is_writable(bytes + PAGE_SIZE));
    for (int i = 0; i < 200; i++)
        EXPECT_OK(memory_map(0, PAGE_SIZE, PROTECTION_WRITE, 0, &base));
    EXPECT(!is_writable(bytes - 1) && !is_writable(bytes + PAGE_SIZE));
    unmap(bytes, 1);
}

TEST(places_are_picked_at_random) {
    uint8_t *one = map(1, 0), *two = map(1, 0), *three = map(1, 0);
    EXPECT(two - one != three - two || one > two);
    unmap(one, 1);
    unmap(two, 1);
    unmap(three, 1);
}

TEST(memory_beyond_the_limit_is_refused_to_the_kernels_copies_too) {
    uint64_t base;
    size_t size = (size_t)1 << 40;
    enum status status = memory_map(0, size, PROTECTION_WRITE, 0, &base);
    if (status != STATUS_OK) // a bound on what can be reserved is as good
        return;
    EXPECT(is_writable((void *)(base + size - 1)));
    EXPECT_OK(memory_unmap(base, size));
}

ROLE(eats_all_memory) {
    uint64_t base;
    for (;;) {
        if (memory_map(0, 1 << 20, PROTECTION_WRITE, 0, &base) != STATUS_OK)
            return 2;
        for (size_t at = 0; at < 1 << 20; at += PAGE_SIZE)
            if (random_read((void *)(base + at), 1) != STATUS_OK)
                return 3;
    }
}

TEST(a_program_that_eats_all_memory_stops_itself_and_gives_all_back) {
    struct machine_information before, after = {0};
    EXPECT_OK(machine_information(&before));
    struct process_end end = guest_await(guest_start("eats_all_memory", NULL));
    EXPECT(end.reason == END_FAULTED || end.code == 2 || end.code == 3);
    for (uint64_t give_up = guest_soon(); clock_now() < give_up; thread_sleep(guest_shortly())) {
        EXPECT_OK(machine_information(&after));
        if (after.memory_free + (2 << 20) >= before.memory_free)
            return;
    }
    FAIL("%llu bytes were free, then %llu", (unsigned long long)before.memory_free,
         (unsigned long long)after.memory_free);
}
