// Files that lie packed: sound blocks, and every way in which one can be broken.
#include "os/files/packed.h"

#include <criterion/criterion.h>
#include <lz4.h>
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

// As os/tools/ramdisk.py packs it.
static void make(const char *dictionary, const char *text) {
    memset(&made, 0, sizeof(made));
    strcpy(made.dictionary, dictionary);
    LZ4_stream_t *stream = LZ4_createStream();
    LZ4_loadDict(stream, made.dictionary, (int)strlen(dictionary));
    int size = LZ4_compress_fast_continue(stream, text, (char *)made.block, (int)strlen(text), sizeof(made.block), 1);
    LZ4_freeStream(stream);
    cr_assert_gt(size, 0);
    made.header = (struct packed_header){
        .dictionary_size = (uint32_t)strlen(dictionary),
        .size = (uint32_t)strlen(text),
        .packed_size = (uint32_t)size,
        .sum = sum_of(text),
    };
}

static void expect(const char *dictionary, const char *text, uint32_t packed_most) {
    make(dictionary, text);
    cr_assert_leq(made.header.packed_size, packed_most, "%s", text);
    memset(target, 0xee, sizeof(target));
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_OK, "%s", text);
    cr_assert_eq(memcmp(target, text, strlen(text)), 0, "%s", text);
    cr_assert_eq(target[strlen(text)], 0xee);
}

static const char *const words = "a file that says so says so, and says so again";
static const char *const dictionary_of_words = "of what a file that says so again has";

Test(packed, what_was_packed_comes_back) {
    expect("", "", 1);
    expect("", "hello", 6);
    expect("", words, 40);
    expect("", "------------------------------------------------------------------------", 12);
}

Test(packed, what_stands_in_the_dictionary_is_not_there_twice) {
    expect(dictionary_of_words, words, 36);
    make(dictionary_of_words, words);
    made.dictionary[10] ^= 1;
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT);
}

Test(packed, what_makes_no_sense_is_told) {
    make(dictionary_of_words, words);
    const struct packed_header sound = made.header;
    made.header.size--;
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT);
    made.header.size += 2;
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT);
    made.header = sound;
    made.header.sum++;
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT);
    made.header = sound;
    made.header.dictionary_size = 0;
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT);
    for (made.header = sound; made.header.packed_size > 0;) {
        made.header.packed_size--;
        cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT, "%u bytes", made.header.packed_size);
    }
}

Test(packed, a_byte_that_is_another_is_noticed) {
    make(dictionary_of_words, words);
    for (uint32_t i = 0; i < made.header.packed_size; i++) {
        made.block[i] ^= 0x20;
        cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT, "byte %u", i);
        made.block[i] ^= 0x20;
    }
}

Test(packed, what_reaches_beyond_the_archive_is_told) {
    struct packed_header header;
    make("wonder", "hello");
    cr_assert_eq(packed_read(&archive, HEADER_AT, &header), STATUS_OK);
    cr_assert_eq(packed_read(&archive, sizeof(made) - sizeof(header) + 1, &header), STATUS_CORRUPT);
    cr_assert_eq(packed_read(&archive, UINT64_MAX, &header), STATUS_CORRUPT);
    made.header.packed_size = sizeof(made.block) + 1;
    cr_assert_eq(packed_read(&archive, HEADER_AT, &header), STATUS_CORRUPT);
    made.header.packed_size = 6;
    made.header.size = UINT32_MAX;
    cr_assert_eq(packed_read(&archive, HEADER_AT, &header), STATUS_CORRUPT);
    made.header.size = 5;
    made.header.dictionary = sizeof(made) - 5;
    cr_assert_eq(packed_read(&archive, HEADER_AT, &header), STATUS_CORRUPT);
    made.header.dictionary = UINT64_MAX;
    cr_assert_eq(packed_unpack(&archive, HEADER_AT, target), STATUS_CORRUPT);
}

Test(packed, random_blocks_write_nothing_outside) {
    for (int round = 0; round < 20000; round++) {
        uint32_t size = (uint32_t)random() % 64;
        make("a dictionary of some words", "");
        made.header.packed_size = (uint32_t)random() % (sizeof(made.block) + 1);
        made.header.size = size;
        for (uint32_t i = 0; i < made.header.packed_size; i++) {
            made.block[i] = (uint8_t)(random() % 4 ? random() % 32 : random());
        }
        memset(target, 0xee, sizeof(target));
        enum status status = packed_unpack(&archive, HEADER_AT, target);
        cr_assert(status == STATUS_OK || status == STATUS_CORRUPT);
        cr_assert(target[size] == 0xee && memcmp(&target[size], &target[size + 1], sizeof(target) - size - 1) == 0);
    }
}
