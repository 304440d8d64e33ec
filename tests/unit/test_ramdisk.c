// Tests of finding a file in the ramdisk's tar archive, whole and broken.
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/process/ramdisk.h"
#include "tests/unit/host/host.h"

TestSuite(ramdisk, .init = host_start, .fini = host_finish);

enum { BLOCK = 512, NAME = 0, SIZE = 124, CHECKSUM = 148, ARCHIVE_SIZE = 5 * BLOCK };

// Two files: bin/a of 5 bytes in block 1, ./bin/init of 600 bytes in blocks 3 and 4.
static uint8_t archive[ARCHIVE_SIZE];

static void checksum_set(uint8_t *header) {
    unsigned sum = 0;
    memset(header + CHECKSUM, ' ', 8);
    for (int i = 0; i < BLOCK; i++)
        sum += header[i];
    snprintf((char *)header + CHECKSUM, 7, "%06o", sum);
}

static void header_set(uint8_t *header, const char *name, unsigned size) {
    memset(header, 0, BLOCK);
    snprintf((char *)header + NAME, 100, "%s", name);
    snprintf((char *)header + SIZE, 12, "%011o", size);
    checksum_set(header);
}

static void archive_make(void) {
    header_set(archive, "bin/a", 5);
    header_set(archive + 2 * BLOCK, "./bin/init", 600);
}

// Looks into what is in `archive` now.
static enum status find(const char *path, uint64_t size, struct ramdisk_file *file) {
    struct memory *memory;
    cr_assert_eq(memory_create(0, ARCHIVE_SIZE, "ramdisk", &memory), STATUS_OK);
    cr_assert_eq(memory_write(memory, 0, archive, ARCHIVE_SIZE), STATUS_OK);
    enum status status = ramdisk_find(memory, size, path, file);
    object_release(&memory->object);
    return status;
}

Test(ramdisk, files_are_found_with_and_without_a_leading_dot) {
    struct ramdisk_file file;
    archive_make();
    cr_assert_eq(find("bin/a", ARCHIVE_SIZE, &file), STATUS_OK);
    cr_assert_eq(file.offset, BLOCK);
    cr_assert_eq(file.size, 5);
    cr_assert_eq(find("bin/init", ARCHIVE_SIZE, &file), STATUS_OK);
    cr_assert_eq(file.offset, 3 * BLOCK);
    cr_assert_eq(file.size, 600);
}

Test(ramdisk, a_file_that_is_not_there_is_not_found) {
    struct ramdisk_file file;
    archive_make();
    cr_assert_eq(find("bin/b", ARCHIVE_SIZE, &file), STATUS_NOT_FOUND);
    cr_assert_eq(find("bin", ARCHIVE_SIZE, &file), STATUS_NOT_FOUND, "a part of a name is no name");
    cr_assert_eq(find("bin/init", 2 * BLOCK, &file), STATUS_NOT_FOUND, "it lies behind the end");
    memset(archive + 2 * BLOCK, 0, BLOCK);
    cr_assert_eq(find("bin/init", ARCHIVE_SIZE, &file), STATUS_NOT_FOUND, "a block of zeros ends the archive");
}

Test(ramdisk, an_archive_cut_off_anywhere_is_no_harm) {
    struct ramdisk_file file;
    archive_make();
    for (uint64_t size = 0; size < ARCHIVE_SIZE; size++) {
        enum status status = find("bin/init", size, &file);
        if (status == STATUS_OK)
            cr_assert_leq(file.offset + file.size, size);
        else
            cr_assert(status == STATUS_NOT_FOUND || status == STATUS_CORRUPT);
    }
    cr_assert_eq(find("bin/a", BLOCK + 4, &file), STATUS_CORRUPT, "the content is cut off");
}

Test(ramdisk, broken_headers_are_corrupt) {
    struct ramdisk_file file;
    for (int i = 0; i < BLOCK; i++) {
        if (i == CHECKSUM + 6 || i == CHECKSUM + 7)
            continue; // behind the checksum's digits
        archive_make();
        archive[i] ^= 1;
        enum status status = find("bin/init", ARCHIVE_SIZE, &file);
        cr_assert_eq(status, STATUS_CORRUPT, "byte %d: status %d", i, status);
        cr_assert_eq(file.offset, 0, "the first header is the broken one");
    }
}

Test(ramdisk, wrong_sizes_are_corrupt_though_the_checksum_is_right) {
    static const char *const sizes[] = {"77777777777", "0000000000x", "-1"};
    struct ramdisk_file file;
    for (size_t i = 0; i < 3; i++) {
        archive_make();
        memset(archive + SIZE, 0, 12);
        memcpy(archive + SIZE, sizes[i], strlen(sizes[i]));
        checksum_set(archive);
        cr_assert_eq(find("bin/a", ARCHIVE_SIZE, &file), STATUS_CORRUPT, "%s", sizes[i]);
    }
}
