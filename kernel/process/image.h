// Loading a program: an ELF64 file in a memory object becomes mappings of an address space.
//
// Rules: the space is new and no thread runs in it. Pages of a sealed image are mapped, not copied: read-only ones straight from the memory
// object, writable ones as copies on first write. Of an image that is not sealed a sealed copy is made first, charged to the space's
// account; it lives as long as it is mapped.
#pragma once

#include <stdint.h>

#include "kernel/abi/status.h"

struct memory;
struct space;

struct image_info {
    uint64_t base;  // what was added to the file's addresses
    uint64_t entry; // these are the program's own addresses
    uint64_t headers;
    uint64_t header_count;
};

// BAD_IMAGE: not a sound program. NO_MEMORY, LIMIT_REACHED: what was mapped goes with the space.
enum status image_load(struct space *space, struct memory *image, struct image_info *out);
