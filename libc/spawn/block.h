// Building a start block, from what a spawn request says. Pure; unit-tested. Inside the library only.
//
// Two passes over the same input: the first counts, the second writes.
#pragma once

#include <parley/start.h>

struct block_contents {
    char *const *arguments;
    char *const *environment;
    const char *working_directory;
    const struct start_descriptor *descriptors;
    uint32_t descriptor_count;
    const struct start_grant *grants;
    uint32_t grant_count;
    uint64_t files_ticket;
};

// Bytes that the block needs; 0: more than START_BLOCK_MAX.
uint32_t start_block_size(const struct block_contents *contents);

// Writes it; `block` is 8-byte aligned and has start_block_size(contents) bytes.
void start_block_write(const struct block_contents *contents, uint32_t size, struct start_block *block);
