// Memory that is freed all at once.
#include "apps/sh/arena.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"

enum { BLOCK_SIZE = 4096 - 64, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

static void add_block(struct arena *arena, size_t least) {
    size_t size = least > BLOCK_SIZE ? least : BLOCK_SIZE;
    struct arena_block *block = tool_allocate(sizeof(*block) + size, 1);
    block->next = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->used = 0;
}

void *arena_allocate(struct arena *arena, size_t size) {
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!arena->blocks || arena->blocks->size - arena->used < size)
        add_block(arena, size);
    void *memory = arena->blocks->bytes + arena->used;
    arena->used += size;
    return memset(memory, 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t length) {
    char *copy = arena_allocate(arena, length + 1);
    return memcpy(copy, text, length);
}

void arena_release(struct arena *arena) {
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    arena->used = 0;
}
