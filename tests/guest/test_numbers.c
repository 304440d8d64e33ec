// Numbers: only what was given works; they are not used again soon; rights only shrink.
#include "tests/guest/guest.h"

enum { REUSES = 1 << 16, GUESSES = 1000000 };

TEST(a_closed_number_names_nothing_any_more) {
    int32_t number;
    struct number_information information;
    EXPECT_OK(timer_create(&number));
    EXPECT_OK(number_close(number));
    EXPECT_STATUS(number_information(number, &information), BAD_NUMBER);
    EXPECT_STATUS(number_close(number), BAD_NUMBER);
}

// R-B6: the old number never works again, in so many uses of its slot.
TEST(a_number_is_not_given_out_again_in_65536_uses_of_its_slot) {
    int32_t first, number;
    uint32_t uses = 0;
    EXPECT_OK(timer_create(&first));
    EXPECT_OK(number_close(first));
    while (uses < REUSES) {
        EXPECT_OK(timer_create(&number));
        EXPECT(number != first);
        uses += (number & NUMBER_INDEX_MAX) == (first & NUMBER_INDEX_MAX);
        EXPECT_OK(number_close(number));
    }
    EXPECT_STATUS(number_close(first), BAD_NUMBER);
}

TEST(object_ids_are_never_given_out_twice) {
    int32_t number;
    uint64_t last = 0;
    for (int i = 0; i < 1000; i++) {
        struct number_information information;
        EXPECT_OK(timer_create(&number));
        EXPECT_OK(number_information(number, &information));
        EXPECT(information.id > last);
        last = information.id;
        EXPECT_OK(number_close(number));
    }
}

static uint64_t state = 88172645463325252;

static uint64_t draw(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

// The numbers that this program has are few; no other of a million works.
TEST(none_of_a_million_guessed_numbers_works) {
    static int32_t known[4096];
    struct number_information information;
    size_t count = 0, hits = 0;
    for (int32_t number = 1; number < NUMBER_INDEX_MAX; number++)
        for (int32_t generation = 0; generation < 2; generation++)
            if (number_information(number | generation << NUMBER_INDEX_BITS, &information) == STATUS_OK)
                known[count++ % 4096] = number | generation << NUMBER_INDEX_BITS;
    for (int i = 0; i < GUESSES; i++) {
        int32_t guess = (int32_t)draw();
        if (number_information(guess, &information) != STATUS_OK)
            continue;
        bool is_known = false;
        for (size_t k = 0; k < count && k < 4096; k++)
            is_known |= known[k] == guess;
        hits += !is_known;
    }
    EXPECT(count < 64);
    EXPECT_EQUAL(hits, 0);
}

ROLE(guesses_the_numbers_of_its_parent) {
    struct number_information information;
    for (int32_t number = 1; number < 4096; number++)
        ROLE_EXPECT(number_information(number, &information) == STATUS_BAD_NUMBER || number <= 1);
    return 0;
}

// R-B9: a number is good in its own process alone.
TEST(the_numbers_of_another_process_mean_nothing) {
    int32_t numbers[20];
    for (int i = 0; i < 20; i++)
        EXPECT_OK(timer_create(&numbers[i]));
    guest_expect_success(guest_start("guesses_the_numbers_of_its_parent", NULL));
    for (int i = 0; i < 20; i++)
        EXPECT_OK(number_close(numbers[i]));
}

TEST(the_rights_of_a_copy_only_shrink) {
    int32_t number, weak, weaker;
    struct number_information information;
    EXPECT_OK(shared_create(PAGE_SIZE, &number));
    EXPECT_OK(number_copy(number, RIGHT_COPY | RIGHT_READ, &weak));
    EXPECT_OK(number_copy(weak, RIGHTS_ALL, &weaker));
    EXPECT_OK(number_information(weaker, &information));
    EXPECT_EQUAL(information.rights & ~(uint32_t)(RIGHT_COPY | RIGHT_READ), 0);
    EXPECT_EQUAL(information.kind, OBJECT_SHARED_MEMORY);
    number_close(number);
    number_close(weak);
    number_close(weaker);
}

TEST(the_numbers_of_a_process_are_limited) {
    int32_t first, number;
    uint32_t count = 0;
    enum status status;
    uint64_t limit = guest_account(guest_self(), ACCOUNT_NUMBERS).limit;
    EXPECT_OK(shared_create(PAGE_SIZE, &first));
    uint64_t used = guest_account(guest_self(), ACCOUNT_NUMBERS).used;
    static int32_t numbers[NUMBER_INDEX_MAX + 1];
    while ((status = number_copy(first, RIGHT_READ, &number)) == STATUS_OK)
        numbers[count++] = number;
    EXPECT_STATUS(status, LIMIT_REACHED);
    EXPECT(used + count <= limit && used + count + 2 >= limit);
    while (count > 0)
        EXPECT_OK(number_close(numbers[--count]));
    EXPECT_OK(number_copy(first, RIGHT_READ, &number));
    EXPECT_OK(number_close(number));
    EXPECT_OK(number_close(first));
}
