// Shared memory: made, offered, accepted or refused, mapped, copied on write, sealed.
#include "tests/guest/guest.h"

static int32_t make(size_t pages) {
    int32_t number;
    EXPECT_OK(shared_create(pages * PAGE_SIZE, &number));
    return number;
}

static uint8_t *map(int32_t number, size_t pages, uint32_t protection, uint32_t flags) {
    uint64_t base;
    EXPECT_OK(shared_map(number, 0, pages * PAGE_SIZE, protection, 0, flags, &base));
    return (uint8_t *)base;
}

static void unmap(void *address, size_t pages) {
    EXPECT_OK(memory_unmap((uint64_t)address, pages * PAGE_SIZE));
}

TEST(shared_memory_has_whole_pages_of_zeros) {
    int32_t number;
    size_t size;
    EXPECT_OK(shared_create(PAGE_SIZE + 1, &number));
    EXPECT_OK(shared_size(number, &size));
    EXPECT_EQUAL(size, 2 * PAGE_SIZE);
    uint8_t *bytes = map(number, 2, PROTECTION_READ, 0);
    for (size_t i = 0; i < size; i++)
        EXPECT(bytes[i] == 0);
    unmap(bytes, 2);
    EXPECT_OK(number_close(number));
}

TEST(two_mappings_show_the_same_bytes) {
    int32_t number = make(1);
    uint8_t *one = map(number, 1, PROTECTION_WRITE, 0), *two = map(number, 1, PROTECTION_READ, 0);
    EXPECT(one != two);
    one[100] = 42;
    EXPECT_EQUAL(two[100], 42);
    unmap(one, 1);
    EXPECT_EQUAL(two[100], 42);
    EXPECT_OK(number_close(number));
    EXPECT_EQUAL(two[100], 42);
    unmap(two, 1);
}

TEST(a_slice_of_sealed_memory_is_the_same_pages_and_outlives_the_whole) {
    int32_t number = make(4), slice, readable;
    uint8_t *whole = map(number, 4, PROTECTION_WRITE, 0);
    for (size_t i = 0; i < 3; i++)
        whole[i * PAGE_SIZE] = (uint8_t)(7 + i);
    EXPECT_STATUS(shared_slice(number, PAGE_SIZE, PAGE_SIZE, &slice), BUSY);
    unmap(whole, 4);
    EXPECT_OK(shared_seal(number));
    EXPECT_STATUS(shared_slice(number, 1, PAGE_SIZE, &slice), INVALID_ARGUMENT);
    EXPECT_STATUS(shared_slice(number, 3 * PAGE_SIZE, PAGE_SIZE + 1, &slice), INVALID_ARGUMENT);
    uint64_t before = guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
    EXPECT_OK(shared_slice(number, PAGE_SIZE, 3 * PAGE_SIZE, &slice));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used, before + 2); // the last is not there yet
    EXPECT_OK(number_copy(number, RIGHT_READ | RIGHT_COPY, &readable));
    EXPECT_OK(number_close(number));
    const uint8_t *part = map(slice, 3, PROTECTION_READ, 0);
    EXPECT_EQUAL(part[0], 8);
    EXPECT_EQUAL(part[PAGE_SIZE], 9);
    EXPECT_EQUAL(part[2 * PAGE_SIZE], 0);
    unmap((void *)part, 3);
    EXPECT_STATUS(shared_drop(slice, 0, PAGE_SIZE), BUSY);
    EXPECT_OK(number_close(slice));
    uint64_t base;
    EXPECT_OK(shared_slice(readable, 0, PAGE_SIZE, &slice));
    EXPECT_STATUS(shared_map(slice, 0, PAGE_SIZE, PROTECTION_EXECUTE, 0, 0, &base), NO_RIGHT);
    EXPECT_OK(number_close(slice));
    EXPECT_OK(number_close(readable));
}

TEST(dropped_pages_are_zeros_wherever_they_are_mapped_and_go_back_to_the_machine) {
    int32_t number = make(200), poor;
    uint8_t *one = map(number, 200, PROTECTION_WRITE, 0), *two = map(number, 200, PROTECTION_READ, 0);
    for (size_t i = 0; i < 200; i++)
        one[i * PAGE_SIZE] = two[i * PAGE_SIZE] + 7;
    uint64_t before = guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used;
    EXPECT_OK(shared_drop(number, PAGE_SIZE, 198 * PAGE_SIZE));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_MEMORY_PAGES).used, before - 198);
    for (size_t i = 1; i < 199; i++)
        EXPECT_EQUAL(two[i * PAGE_SIZE], 0);
    EXPECT_EQUAL(one[0], 7);
    EXPECT_EQUAL(one[199 * PAGE_SIZE], 7);
    one[5 * PAGE_SIZE] = 8;
    EXPECT_EQUAL(two[5 * PAGE_SIZE], 8);
    EXPECT_STATUS(shared_drop(number, 199 * PAGE_SIZE, 2 * PAGE_SIZE), INVALID_ARGUMENT);
    EXPECT_OK(number_copy(number, RIGHT_READ | RIGHT_WRITE, &poor));
    EXPECT_STATUS(shared_drop(poor, 0, PAGE_SIZE), NO_RIGHT);
    unmap(one, 200);
    EXPECT_OK(shared_seal(number));
    EXPECT_STATUS(shared_drop(number, 0, PAGE_SIZE), BUSY);
    unmap(two, 200);
    EXPECT_OK(number_close(poor));
    EXPECT_OK(number_close(number));
}

TEST(the_rights_of_a_number_bound_how_it_can_be_mapped) {
    int32_t number = make(1), reader, writer;
    uint64_t base;
    EXPECT_OK(number_copy(number, RIGHT_READ, &reader));
    EXPECT_OK(number_copy(number, RIGHT_WRITE, &writer));
    EXPECT_STATUS(shared_map(reader, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base), NO_RIGHT);
    EXPECT_STATUS(shared_map(writer, 0, PAGE_SIZE, PROTECTION_READ, 0, 0, &base), NO_RIGHT);
    EXPECT_OK(shared_map(reader, 0, PAGE_SIZE, PROTECTION_READ, 0, 0, &base));
    EXPECT_STATUS(memory_protect(base, PAGE_SIZE, PROTECTION_WRITE), NO_RIGHT);
    unmap((void *)base, 1);
    EXPECT_OK(number_close(reader));
    EXPECT_OK(number_close(writer));
    EXPECT_OK(number_close(number));
}

TEST(a_private_copy_changes_nothing_for_others) {
    int32_t number = make(2);
    uint8_t *shared = map(number, 2, PROTECTION_WRITE, 0);
    shared[0] = 1;
    shared[PAGE_SIZE] = 2;
    uint8_t *copy = map(number, 2, PROTECTION_WRITE, MAP_COPY);
    EXPECT_EQUAL(copy[0], 1);
    copy[0] = 99;
    EXPECT_EQUAL(shared[0], 1);
    EXPECT_EQUAL(copy[0], 99);
    EXPECT_EQUAL(copy[PAGE_SIZE], 2);
    unmap(copy, 2);
    unmap(shared, 2);
    EXPECT_OK(number_close(number));
}

TEST(a_part_beyond_the_end_cannot_be_mapped) {
    int32_t number = make(2);
    uint64_t base;
    EXPECT_STATUS(shared_map(number, PAGE_SIZE, 2 * PAGE_SIZE, PROTECTION_READ, 0, 0, &base), INVALID_ARGUMENT);
    EXPECT_STATUS(shared_map(number, 2 * PAGE_SIZE, PAGE_SIZE, PROTECTION_READ, 0, 0, &base), INVALID_ARGUMENT);
    EXPECT_OK(shared_map(number, PAGE_SIZE, PAGE_SIZE, PROTECTION_READ, 0, 0, &base));
    unmap((void *)base, 1);
    EXPECT_OK(number_close(number));
}

// ---- offers ----

ROLE(accepts_an_offer) {
    struct event_source source;
    EVENT event = guest_next_event(EVENT_SHARED_MEMORY, &source);
    int32_t number;
    uint64_t base;
    size_t size;
    ROLE_EXPECT(event.Action == SHARED_OFFERED);
    ROLE_EXPECT(event.Data2 == guest_parent() && source.process == guest_parent());
    ROLE_EXPECT(event.Data3 == 2);
    ROLE_EXPECT(shared_accept(event.Data1, &number) == STATUS_OK);
    ROLE_EXPECT(shared_accept(event.Data1, &number) == STATUS_NOT_FOUND);
    ROLE_EXPECT(shared_size(number, &size) == STATUS_OK && size == 2 * PAGE_SIZE);
    ROLE_EXPECT(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) == STATUS_OK);
    ROLE_EXPECT(*(uint32_t *)base == 1234);
    *(uint32_t *)base = 5678;
    ROLE_EXPECT(futex_wake((uint32_t *)base, 1, NULL) == STATUS_OK);
    return 0;
}

TEST(an_accepted_offer_is_memory_that_both_see) {
    int32_t number = make(2);
    uint32_t *word = (uint32_t *)map(number, 2, PROTECTION_WRITE, 0), offer;
    *word = 1234;
    struct spawned child = guest_start("accepts_an_offer", NULL);
    EXPECT_OK(shared_offer(number, child.process, RIGHT_READ | RIGHT_WRITE, &offer));
    EVENT event = guest_next_event(EVENT_SHARED_MEMORY, NULL);
    EXPECT_EQUAL(event.Action, SHARED_ACCEPTED);
    EXPECT_EQUAL(event.Data1, offer);
    EXPECT_EQUAL(event.Data2, child.process);
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == 1234)
        EXPECT(futex_wait(word, 1234, guest_soon()) >= 0);
    EXPECT_EQUAL(*word, 5678);
    guest_expect_success(child);
    unmap(word, 2);
    EXPECT_OK(number_close(number));
}

ROLE(refuses_an_offer) {
    EVENT event = guest_next_event(EVENT_SHARED_MEMORY, NULL);
    int32_t number;
    ROLE_EXPECT(event.Action == SHARED_OFFERED);
    ROLE_EXPECT(shared_refuse(event.Data1) == STATUS_OK);
    ROLE_EXPECT(shared_accept(event.Data1, &number) == STATUS_NOT_FOUND);
    return 0;
}

TEST(a_refused_offer_is_told) {
    int32_t number = make(1);
    uint32_t offer;
    struct spawned child = guest_start("refuses_an_offer", NULL);
    EXPECT_OK(shared_offer(number, child.process, RIGHT_READ, &offer));
    EVENT event = guest_next_event(EVENT_SHARED_MEMORY, NULL);
    EXPECT_EQUAL(event.Action, SHARED_REFUSED);
    EXPECT_EQUAL(event.Data1, offer);
    guest_expect_success(child);
    EXPECT_OK(number_close(number));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_PIPES_UNREAD).used, 0);
}

ROLE(accepts_for_reading) {
    EVENT event = guest_next_event(EVENT_SHARED_MEMORY, NULL);
    int32_t number;
    uint64_t base;
    ROLE_EXPECT(shared_accept(event.Data1, &number) == STATUS_OK);
    ROLE_EXPECT(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base) == STATUS_NO_RIGHT);
    ROLE_EXPECT(shared_map(number, 0, PAGE_SIZE, PROTECTION_READ, 0, 0, &base) == STATUS_OK);
    ROLE_EXPECT(number_copy(number, RIGHTS_ALL, NULL) == STATUS_NO_RIGHT);
    return 0;
}

TEST(an_offer_gives_no_more_rights_than_it_names) {
    int32_t number = make(1);
    struct spawned child = guest_start("accepts_for_reading", NULL);
    EXPECT_OK(shared_offer(number, child.process, RIGHT_READ, NULL));
    guest_expect_success(child);
    EXPECT_OK(number_close(number));
}

ROLE(accepts_the_offer_of_another) {
    int32_t number;
    uint32_t offer = guest_hear(guest_parent());
    ROLE_EXPECT(offer != 0);
    ROLE_EXPECT(shared_accept(offer, &number) == STATUS_NOT_FOUND);
    ROLE_EXPECT(shared_refuse(offer) == STATUS_NOT_FOUND);
    return 0;
}

ROLE(sleeps_for_ever) {
    return thread_sleep(DEADLINE_NEVER);
}

TEST(nobody_but_its_receiver_can_answer_an_offer) {
    int32_t number = make(1);
    uint32_t offer;
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    struct spawned thief = guest_start("accepts_the_offer_of_another", NULL);
    EXPECT_OK(shared_offer(number, child.process, RIGHT_READ, &offer));
    EXPECT_STATUS(shared_accept(offer, NULL), NOT_FOUND);
    guest_say(thief.process, offer);
    guest_expect_success(thief);
    EXPECT_OK(number_close(number));
}

TEST(an_offer_to_a_process_that_dies_is_answered_for_it) {
    int32_t number = make(1);
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    uint32_t offer;
    EXPECT_OK(shared_offer(number, child.process, RIGHT_READ, &offer));
    guest_kill(child);
    EVENT event = guest_next_event(EVENT_SHARED_MEMORY, NULL);
    EXPECT(event.Action == SHARED_REFUSED || event.Action == SHARED_WITHDRAWN);
    EXPECT_EQUAL(event.Data1, offer);
    EXPECT_OK(number_close(number));
    EXPECT_EQUAL(guest_account(guest_self(), ACCOUNT_PIPES_UNREAD).used, 0);
}

ROLE(offers_and_ends_when_told) {
    int32_t number;
    ROLE_EXPECT(shared_create(PAGE_SIZE, &number) == STATUS_OK);
    ROLE_EXPECT(shared_offer(number, guest_parent(), RIGHT_READ, NULL) == STATUS_OK);
    guest_say(guest_parent(), 1);
    return guest_hear(guest_parent()) != 2;
}

TEST(an_offer_that_was_seen_is_withdrawn_when_its_maker_ends) {
    struct spawned child = guest_start("offers_and_ends_when_told", NULL);
    EVENT event = guest_next_event(EVENT_SHARED_MEMORY, NULL);
    uint32_t offer = event.Data1;
    EXPECT_EQUAL(event.Action, SHARED_OFFERED);
    EXPECT_EQUAL(guest_hear(child.process), 1);
    guest_say(child.process, 2);
    guest_expect_success(child);
    event = guest_next_event(EVENT_SHARED_MEMORY, NULL);
    EXPECT_EQUAL(event.Action, SHARED_WITHDRAWN);
    EXPECT_EQUAL(event.Data1, offer);
    EXPECT_EQUAL(event.Data2, child.process);
    EXPECT_STATUS(shared_accept(offer, NULL), NOT_FOUND);
}

TEST(an_offer_that_was_not_seen_goes_with_its_maker) {
    struct spawned child = guest_start("offers_and_ends_when_told", NULL);
    EVENT event;
    EXPECT_EQUAL(guest_hear(child.process), 1);
    guest_say(child.process, 2);
    guest_expect_success(child);
    while (event_get(&event, NULL) == STATUS_OK)
        EXPECT(event.Type != EVENT_SHARED_MEMORY);
}

TEST(offers_that_nobody_answers_are_limited) {
    int32_t number = make(1);
    struct spawned child = guest_start("sleeps_for_ever", NULL);
    uint64_t limit = guest_account(guest_self(), ACCOUNT_PIPES_UNREAD).limit, count = 0;
    enum status status;
    while ((status = shared_offer(number, child.process, RIGHT_READ, NULL)) == STATUS_OK && count <= limit)
        count++;
    EXPECT_STATUS(status, LIMIT_REACHED);
    EXPECT_EQUAL(count, limit);
    EXPECT_OK(number_close(number));
}

// ---- sealing ----

TEST(sealed_memory_cannot_be_written_any_more) {
    int32_t number = make(1);
    uint64_t base;
    uint8_t *bytes = map(number, 1, PROTECTION_WRITE, 0);
    bytes[0] = 7;
    EXPECT_STATUS(shared_seal(number), BUSY);
    unmap(bytes, 1);
    EXPECT_OK(shared_seal(number));
    EXPECT_STATUS(shared_map(number, 0, PAGE_SIZE, PROTECTION_WRITE, 0, 0, &base), BUSY);
    bytes = map(number, 1, PROTECTION_READ, 0);
    EXPECT_EQUAL(bytes[0], 7);
    EXPECT(memory_protect((uint64_t)bytes, PAGE_SIZE, PROTECTION_WRITE) < 0);
    unmap(bytes, 1);
    EXPECT_OK(number_close(number));
}

TEST(only_sealed_memory_can_be_executed) {
    int32_t number = make(1);
    uint64_t base;
    static const uint8_t code[] = {0xb8, 0x2a, 0x00, 0x00, 0x00, 0xc3}; // mov $42, %eax; ret
    uint8_t *bytes = map(number, 1, PROTECTION_WRITE, 0);
    memcpy(bytes, code, sizeof(code));
    EXPECT(shared_map(number, 0, PAGE_SIZE, PROTECTION_EXECUTE, 0, 0, &base) < 0);
    unmap(bytes, 1);
    EXPECT_OK(shared_seal(number));
    EXPECT_OK(shared_map(number, 0, PAGE_SIZE, PROTECTION_EXECUTE, 0, 0, &base));
    EXPECT_EQUAL(((int (*)(void))base)(), 42);
    unmap((void *)base, 1);
    EXPECT_OK(number_close(number));
}

TEST(memory_of_a_process_that_was_killed_stays_with_those_who_hold_it) {
    int32_t number = make(1);
    uint32_t *word = (uint32_t *)map(number, 1, PROTECTION_WRITE, 0);
    *word = 1234;
    struct spawned child = guest_start("accepts_an_offer", NULL);
    guest_kill(child);
    EXPECT_EQUAL(*word, 1234);
    unmap(word, 1);
    EXPECT_OK(number_close(number));
}
