// The tar reader: sound archives, and every way in which one can be broken.
#include "os/tar.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, ARCHIVE_MAX = 64 * BLOCK };

static uint8_t archive[ARCHIVE_MAX];
static size_t used;

static void sign(uint8_t *header) {
    unsigned sum = 0;
    memset(header + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++) {
        sum += header[i];
    }
    snprintf((char *)header + 148, 8, "%06o", sum);
}

static uint8_t *add(const char *name, char type, const char *content) {
    uint8_t *header = archive + used;
    size_t size = content ? strlen(content) : 0;
    memset(header, 0, BLOCK);
    strncpy((char *)header, name, 100);
    strcpy((char *)header + 100, "0000644");
    snprintf((char *)header + 124, 12, "%011zo", size);
    header[156] = (uint8_t)type;
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    sign(header);
    memset(header + BLOCK, 0, (size + BLOCK - 1) / BLOCK * BLOCK);
    memcpy(header + BLOCK, content ? content : "", size);
    used += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    return header;
}

static void finish(void) {
    memset(archive + used, 0, 2 * BLOCK);
    used += 2 * BLOCK;
}

static struct tar_reader reader(void) {
    return (struct tar_reader){.bytes = archive, .size = used};
}

static void expect_corrupt(const char *word) {
    struct tar_entry entry;
    struct tar_reader broken = reader();
    cr_assert_eq(tar_next(&broken, &entry), STATUS_CORRUPT);
    cr_assert(strstr(broken.problem, word), "'%s' does not speak of '%s'", broken.problem, word);
}

Test(tar, files_and_directories_come_in_order) {
    struct tar_entry entry;
    add("./bin/", '5', NULL);
    add("bin/sh", '0', "program");
    add("aligned", 'x', "passed over");
    add("bin/ls", 'Z', "packed");
    add("/etc/x", 0, "");
    finish();
    struct tar_reader all = reader();
    cr_assert_eq(tar_next(&all, &entry), STATUS_OK);
    cr_assert_str_eq(entry.name, "bin");
    cr_assert_eq(entry.type, TAR_DIRECTORY);
    cr_assert_eq(tar_next(&all, &entry), STATUS_OK);
    cr_assert_str_eq(entry.name, "bin/sh");
    cr_assert_eq(entry.mode, 0644);
    cr_assert_eq(entry.size, 7);
    cr_assert_eq(memcmp(entry.data, "program", 7), 0);
    cr_assert_eq(tar_next(&all, &entry), STATUS_OK);
    cr_assert_str_eq(entry.name, "bin/ls");
    cr_assert_eq(entry.type, TAR_PACKED);
    cr_assert_eq(entry.size, 6);
    cr_assert_eq(tar_next(&all, &entry), STATUS_OK);
    cr_assert_str_eq(entry.name, "etc/x");
    cr_assert_eq(entry.size, 0);
    cr_assert_eq(tar_next(&all, &entry), STATUS_NOTHING);
}

Test(tar, a_prefix_is_put_before_the_name) {
    struct tar_entry entry;
    uint8_t *header = add("name", '0', "x");
    strcpy((char *)header + 345, "some/long/prefix");
    sign(header);
    cr_assert_eq(tar_find(archive, used, "some/long/prefix/name", &entry), STATUS_OK);
}

Test(tar, other_kinds_of_entries_are_passed_over) {
    struct tar_entry entry;
    add("link", '2', NULL);
    add("file", '0', "x");
    finish();
    struct tar_reader all = reader();
    cr_assert_eq(tar_next(&all, &entry), STATUS_OK);
    cr_assert_str_eq(entry.name, "file");
}

Test(tar, the_root_has_the_empty_name) {
    struct tar_entry entry;
    add("./", '5', NULL);
    struct tar_reader all = reader();
    cr_assert_eq(tar_next(&all, &entry), STATUS_OK);
    cr_assert_str_eq(entry.name, "");
}

Test(tar, names_that_begin_with_a_point_are_names) {
    struct tar_entry entry;
    add(".config", '0', "x");
    cr_assert_eq(tar_find(archive, used, ".config", &entry), STATUS_OK);
}

Test(tar, an_archive_without_its_zero_blocks_ends_at_its_end) {
    struct tar_entry entry;
    add("file", '0', "x");
    struct tar_reader all = reader();
    cr_assert_eq(tar_next(&all, &entry), STATUS_OK);
    cr_assert_eq(tar_next(&all, &entry), STATUS_NOTHING);
    used = 0;
    all = reader();
    cr_assert_eq(tar_next(&all, &entry), STATUS_NOTHING);
}

Test(tar, a_wrong_checksum_is_corrupt) {
    add("file", '0', "x")[0] ^= 1;
    expect_corrupt("checksum");
}

Test(tar, a_size_that_is_no_number_is_corrupt) {
    uint8_t *header = add("file", '0', "x");
    memcpy(header + 124, "zzz", 3);
    sign(header);
    expect_corrupt("octal");
}

Test(tar, a_file_beyond_the_end_is_corrupt) {
    uint8_t *header = add("file", '0', "x");
    memcpy(header + 124, "77777777777", 11);
    sign(header);
    expect_corrupt("beyond");
}

Test(tar, a_header_that_is_cut_off_is_corrupt) {
    add("file", '0', NULL);
    used -= 100;
    expect_corrupt("cut off");
}

Test(tar, paths_that_climb_are_corrupt) {
    add("a/../b", '0', "x");
    expect_corrupt("part");
}

Test(tar, names_with_empty_parts_are_corrupt) {
    add("a//b", '0', "x");
    expect_corrupt("part");
}

Test(tar, a_packed_file_is_found_as_such) {
    struct tar_entry entry;
    add("dir", 'Z', "x");
    finish();
    cr_assert_eq(tar_find(archive, used, "dir", &entry), STATUS_OK);
    cr_expect_eq(entry.type, TAR_PACKED);
}

Test(tar, what_is_not_there_is_not_found) {
    struct tar_entry entry;
    add("dir", '5', NULL);
    add("file", '0', "x");
    finish();
    cr_assert_eq(tar_find(archive, used, "nothing", &entry), STATUS_NOT_FOUND);
    cr_assert_eq(tar_find(archive, used, "dir", &entry), STATUS_NOT_FOUND);
}

// Flips single bytes and cuts the archive anywhere: the sanitizers see to it that nothing outside is read.
Test(tar, any_damage_is_survived) {
    struct tar_entry entry;
    add("bin", '5', NULL);
    add("bin/one", '0', "contents of one");
    add("bin/two", '0', "contents of two");
    finish();
    srandom(6);
    for (int round = 0; round < 20000; round++) {
        size_t size = (unsigned)random() % (used + 1);
        uint8_t *copy = malloc(size ? size : 1);
        memcpy(copy, archive, size);
        if (size) {
            uint8_t *header = copy + (unsigned)random() % size / BLOCK * BLOCK;
            copy[(unsigned)random() % size] = (uint8_t)random();
            if (header + BLOCK <= copy + size && random() % 2) {
                sign(header);
            }
        }
        struct tar_reader damaged = {.bytes = copy, .size = size};
        while (tar_next(&damaged, &entry) == STATUS_OK) {
            cr_assert(entry.data >= copy && entry.size <= (size_t)(copy + size - entry.data));
        }
        free(copy);
    }
}
