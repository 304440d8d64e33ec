// Reading the start block: checking it, and turning its offsets into pointers.
#include <parley/start.h>
#include <string.h>

#include "libc/start/start.h"

static const struct start_block *given;

const struct start_block *start_block_given(void) {
    return given;
}

// Whether `count` records of `record` bytes at `offset` lie inside the block, aligned to a word.
static bool holds_records(const struct start_block *block, uint32_t offset, uint32_t count, uint32_t record) {
    uint64_t end = offset + (uint64_t)count * record;
    return count == 0 || (offset >= sizeof *block && offset % sizeof(uint64_t) == 0 && end <= block->size);
}

static bool holds_string(const struct start_block *block, uint64_t offset) {
    return offset >= sizeof *block && offset < block->size;
}

static bool holds_strings(const struct start_block *block, uint32_t offset, uint32_t count) {
    if (count == UINT32_MAX || !holds_records(block, offset, count + 1, sizeof(uint64_t)))
        return false;
    const uint64_t *offsets = (const uint64_t *)((const char *)block + offset);
    for (uint32_t i = 0; i < count; i++)
        if (!holds_string(block, offsets[i]))
            return false;
    return offsets[count] == 0;
}

bool start_block_is_sound(const void *bytes, size_t size) {
    const struct start_block *block = bytes;
    if (!bytes || size < sizeof *block || block->magic != START_MAGIC || block->size > size)
        return false;
    if (block->size <= sizeof *block || ((const char *)bytes)[block->size - 1] != 0)
        return false;
    return holds_strings(block, block->arguments, block->argument_count) &&
           holds_strings(block, block->environment, block->environment_count) &&
           holds_records(block, block->descriptors, block->descriptor_count, sizeof(struct start_descriptor)) &&
           holds_records(block, block->grants, block->grant_count, sizeof(struct start_grant)) &&
           (block->working_directory == 0 || holds_string(block, block->working_directory));
}

static char **open_strings(struct start_block *block, uint32_t offset, uint32_t count) {
    uint64_t *offsets = (uint64_t *)((char *)block + offset);
    for (uint32_t i = 0; i < count; i++)
        offsets[i] += (uint64_t)block;
    return (char **)offsets;
}

void start_block_open(void *bytes, uint64_t size, struct start_strings *strings) {
    if (!start_block_is_sound(bytes, size))
        return;
    struct start_block *block = bytes;
    given = block;
    strings->argument_count = (int)block->argument_count;
    strings->arguments = open_strings(block, block->arguments, block->argument_count);
    strings->environment = open_strings(block, block->environment, block->environment_count);
}
