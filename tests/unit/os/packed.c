// Files that lie packed: sound blocks, and every way in which one can be broken.
#include "os/files/packed.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_AT = 64, SIZE_MAX_HERE = 1000 };

static struct {
    char dictionary[HEADER_AT];
    struct packed_header header;
    uint8_t block[200];
} made;
static const struct packed_archive archive = {(const uint8_t *)&made, sizeof(made)};
static uint8_t target[SIZE_MAX_HERE];

static uint32_t sum_of(const char *text) {
    uint32_t sum = 0;
    for (; *text; text++) {
        sum += (uint8_t)*text;
    }
    return sum;
}

static void make(const char *dictionary, const void *block, uint32_t block_size, const char *text) {
    memset(&made, 0, sizeof(made));
    strcpy(made.dictionary, dictionary);
    memcpy(made.block, block, block_size);
    made.header = (struct packed_header){
        .dictionary_size = (uint32_t)strlen(dictionary),
        .size = (uint32_t)strlen(text),
        .packed_size = block_size,
        .sum = sum_of(text),
    };
}

static void expect(const char *dictionary, const void *block, uint32_t block_size, const char *text) {
    make(dictionary, block, block_size, text);
    memset(target, 0xee, sizeof(target));
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_OK, "%s", text);
    cr_assert_eq(memcmp(target, text, strlen(text)), 0, "%s", text);
    cr_assert_eq(target[strlen(text)], 0xee);
}

Test(packed, literals_and_matches_make_the_file) {
    expect("", "\x50hello", 6, "hello");
    expect("",
           "\x30"
           "abc\3\0\x10!",
           8, "abcabca!");
    expect("", "\x1f-\1\0\5\x10!", 7, "-------------------------!");
}

Test(packed, a_match_goes_from_the_dictionary_on_into_the_file) {
    expect("wonder",
           "\x21"
           "a \6\0\x10.",
           7, "a ndera.");
    expect("xy", "\x00\2\0\x10.", 5, "xyxy.");
    expect("abcdef", "\x04\3\0\x10.", 5, "defdefde.");
}

static void expect_corrupt(const char *dictionary, const void *block, uint32_t block_size, const char *text) {
    make(dictionary, block, block_size, text);
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT, "%s", text);
}

Test(packed, what_makes_no_sense_is_told) {
    expect_corrupt("", "\x50hell", 5, "hello");
    expect_corrupt("", "\x50hello", 6, "hell");
    expect_corrupt("", "\x50hello", 6, "hello!");
    expect_corrupt("", "\x50hellp", 6, "hello");
    expect_corrupt("", "\xf0", 1, "hello");
    expect_corrupt("", "\xf0\xff\xff", 3, "hello");
    expect_corrupt("", "\x10-\0\0\x10!", 6, "-----!");
    expect_corrupt("", "\x10-\2\0\x10!", 6, "-----!");
    expect_corrupt("", "\x10-\1", 3, "-----!");
    expect_corrupt("", "\x1f-\1\0", 4, "-----!");
    expect_corrupt("ab", "\x10-\4\0\x10!", 6, "-----!");
    expect_corrupt("", "", 0, "hello");
}

Test(packed, what_reaches_beyond_the_archive_is_told) {
    struct packed_header header;
    make("wonder", "\x50hello", 6, "hello");
    cr_assert_eq(packed_read(&archive, HEADER_AT, &header), STATUS_OK);
    cr_assert_eq(packed_read(&archive, sizeof(made) - sizeof(header) + 1, &header), STATUS_CORRUPT);
    cr_assert_eq(packed_read(&archive, UINT64_MAX, &header), STATUS_CORRUPT);
    made.header.packed_size = sizeof(made.block) + 1;
    cr_assert_eq(packed_read(&archive, HEADER_AT, &header), STATUS_CORRUPT);
    made.header.packed_size = 6;
    made.header.dictionary = sizeof(made) - 5;
    cr_assert_eq(packed_read(&archive, HEADER_AT, &header), STATUS_CORRUPT);
    made.header.dictionary = UINT64_MAX;
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT);
}

Test(packed, random_blocks_write_nothing_outside) {
    for (int round = 0; round < 200000; round++) {
        uint32_t size = (uint32_t)random() % 64;
        make("a dictionary of some words", "", 0, "");
        made.header.packed_size = (uint32_t)random() % (sizeof(made.block) + 1);
        made.header.size = size;
        for (uint32_t i = 0; i < made.header.packed_size; i++) {
            made.block[i] = (uint8_t)(random() % 4 ? random() % 32 : random());
        }
        uint8_t *exact = malloc(size + !size);
        enum status status = packed_unpack(&archive, HEADER_AT, exact);
        cr_assert(status == STATUS_OK || status == STATUS_CORRUPT);
        free(exact);
    }
}
