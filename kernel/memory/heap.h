// The kernel's heap: blocks of any size up to HEAP_SIZE_MAX, from slabs per size class.
//
// Rules: takes RANK_HEAP itself; never sleeps. Debug builds fill freed blocks with a pattern and check it.
#pragma once

#include <stddef.h>

enum { HEAP_SIZE_MAX = 64 << 10 };

// Zeroed memory, 16-byte aligned (64 for sizes of 64 and more), or null.
void *heap_allocate(size_t size);
// As heap_allocate, but the bytes are whatever they were: for what is filled at once.
void *heap_allocate_dirty(size_t size);
void heap_free(void *block); // null is nothing

// Blocks alive: for leak checks.
size_t heap_blocks(void);
