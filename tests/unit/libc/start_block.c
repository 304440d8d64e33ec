// The start block: what spawn writes, a program reads back; what is broken is taken for nothing.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "libc/spawn/block.h"
#include "libc/start/start.h"

static char *arguments[] = {"program", "first", "", NULL};
static char *environment[] = {"PATH=/bin", NULL};
static const struct start_descriptor descriptors[] = {{.descriptor = 1, .kind = START_PIPE, .number = 2}};
static const struct start_grant grants[] = {{.name = "files", .process = 7}, {.name = "machine", .number = 3}};

static const struct block_contents contents = {
    .arguments = arguments,
    .environment = environment,
    .working_directory = "/home",
    .descriptors = descriptors,
    .descriptor_count = 1,
    .grants = grants,
    .grant_count = 2,
    .files_ticket = 99,
};

static struct start_block *make(uint32_t *size) {
    *size = start_block_size(&contents);
    struct start_block *block = malloc(*size);
    start_block_write(&contents, *size, block);
    return block;
}

Test(start_block, what_was_written_is_read) {
    uint32_t size;
    struct start_block *block = make(&size);
    struct start_strings strings = {0};
    cr_assert(start_block_is_sound(block, size));
    start_block_open(block, size, &strings);
    cr_assert_eq(strings.argument_count, 3);
    cr_assert_str_eq(strings.arguments[0], "program");
    cr_assert_str_eq(strings.arguments[1], "first");
    cr_assert_str_eq(strings.arguments[2], "");
    cr_assert_null(strings.arguments[3]);
    cr_assert_str_eq(strings.environment[0], "PATH=/bin");
    cr_assert_null(strings.environment[1]);
    cr_assert_str_eq((char *)block + block->working_directory, "/home");
    cr_assert_eq(memcmp((char *)block + block->grants, grants, sizeof grants), 0);
    cr_assert_eq(memcmp((char *)block + block->descriptors, descriptors, sizeof descriptors), 0);
    cr_assert_eq(start_block_given(), block);
    free(block);
}

Test(start_block, one_cut_short_is_not_sound) {
    uint32_t size;
    struct start_block *block = make(&size);
    for (uint32_t shorter = 0; shorter < size; shorter++)
        cr_assert_not(start_block_is_sound(block, shorter));
    free(block);
}

// Whatever one byte is changed to, the block is refused or all that it leads to lies inside it.
Test(start_block, one_with_a_wrong_byte_is_refused_or_stays_inside) {
    uint32_t size;
    for (uint32_t at = 0; at < sizeof(struct start_block) + 64; at++)
        for (int value = 1; value < 256; value += 18) {
            struct start_block *block = make(&size);
            ((unsigned char *)block)[at] ^= (unsigned char)value;
            struct start_strings strings = {0};
            if (start_block_is_sound(block, size)) {
                start_block_open(block, size, &strings);
                for (int i = 0; i < strings.argument_count; i++)
                    cr_assert_lt(strlen(strings.arguments[i]), size);
            }
            free(block);
        }
}

Test(start_block, one_too_large_for_the_kernel_is_not_made) {
    static char large[START_BLOCK_MAX];
    memset(large, 'a', sizeof large - 1);
    char *many[] = {large, NULL};
    struct block_contents too_much = contents;
    too_much.arguments = many;
    cr_assert_eq(start_block_size(&too_much), 0);
}
