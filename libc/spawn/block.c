// The layout of a start block: header, offsets of arguments and environment, descriptors, grants, then all strings.
#include "libc/spawn/block.h"

#include <string.h>

static uint32_t count_strings(char *const *strings) {
    uint32_t count = 0;
    while (strings[count])
        count++;
    return count;
}

static size_t size_strings(char *const *strings) {
    size_t size = sizeof(uint64_t);
    for (; *strings; strings++)
        size += sizeof(uint64_t) + strlen(*strings) + 1;
    return size;
}

uint32_t start_block_size(const struct block_contents *contents) {
    size_t size = sizeof(struct start_block) + size_strings(contents->arguments) + size_strings(contents->environment) +
                  contents->descriptor_count * sizeof(struct start_descriptor) +
                  contents->grant_count * sizeof(struct start_grant) + strlen(contents->working_directory) + 2;
    size = (size + 7) & ~(size_t)7;
    return size <= START_BLOCK_MAX ? (uint32_t)size : 0;
}

struct writer {
    struct start_block *block;
    uint32_t records; // where the next table goes
    uint32_t strings; // where the next string goes
};

static uint32_t add_string(struct writer *writer, const char *text) {
    uint32_t at = writer->strings;
    size_t size = strlen(text) + 1;
    memcpy((char *)writer->block + at, text, size);
    writer->strings += (uint32_t)size;
    return at;
}

static uint32_t add_records(struct writer *writer, const void *records, size_t size) {
    uint32_t at = writer->records;
    if (size)
        memcpy((char *)writer->block + at, records, size);
    writer->records += (uint32_t)size;
    return at;
}

static uint32_t add_strings(struct writer *writer, char *const *strings, uint32_t count) {
    uint32_t at = writer->records;
    uint64_t *offsets = (uint64_t *)((char *)writer->block + at);
    for (uint32_t i = 0; i < count; i++)
        offsets[i] = add_string(writer, strings[i]);
    offsets[count] = 0;
    writer->records += (count + 1) * (uint32_t)sizeof *offsets;
    return at;
}

void start_block_write(const struct block_contents *contents, uint32_t size, struct start_block *block) {
    uint32_t arguments = count_strings(contents->arguments), variables = count_strings(contents->environment);
    size_t descriptors = contents->descriptor_count * sizeof *contents->descriptors;
    size_t grants = contents->grant_count * sizeof *contents->grants;
    struct writer writer = {.block = block, .records = sizeof *block};
    writer.strings = (uint32_t)(sizeof *block + descriptors + grants + (arguments + variables + 2) * sizeof(uint64_t));
    *block = (struct start_block){
        .magic = START_MAGIC,
        .size = size,
        .argument_count = arguments,
        .environment_count = variables,
        .descriptor_count = contents->descriptor_count,
        .grant_count = contents->grant_count,
        .files_ticket = contents->files_ticket,
    };
    block->arguments = add_strings(&writer, contents->arguments, arguments);
    block->environment = add_strings(&writer, contents->environment, variables);
    block->descriptors = add_records(&writer, contents->descriptors, descriptors);
    block->grants = add_records(&writer, contents->grants, grants);
    block->working_directory = add_string(&writer, contents->working_directory);
    memset((char *)block + writer.strings, 0, size - writer.strings);
}
