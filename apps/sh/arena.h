// Memory that is freed all at once.
#pragma once

#include <stddef.h>

struct arena_block;

// Starts as zeros.
struct arena {
    struct arena_block *blocks;
    size_t used;
};

// Zeroed, aligned for anything.
void *arena_allocate(struct arena *arena, size_t size);

// A copy with a 0 behind.
char *arena_copy(struct arena *arena, const char *text, size_t length);
void arena_release(struct arena *arena);
