// The heap: blocks of any size from regions of memory that the system gives.
//
// Good fit by size classes: 64 classes of 16 bytes below 1 KiB, eight to a power of two above. A bitmap finds the first
// class that has a block, so the cost of a call does not grow with the heap. Free neighbours are joined at once.
// Rules: nothing here locks; libc/heap/malloc.c does. Pointers are 16-byte aligned. A pointer that is freed twice, or
// was never given out, ends the program with a message (heap_fail). Sizes are bytes.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    HEAP_CLASS_COUNT = 256,
    HEAP_ALIGNMENT = 16,
    HEAP_REGION_SIZE = 128 << 10, // the least that is asked of the system
};

struct heap_block;

// A heap of zeros is an empty one.
struct heap {
    uint64_t filled[HEAP_CLASS_COUNT / 64];    // a bit per class that has a free block
    struct heap_block *free[HEAP_CLASS_COUNT]; // first free block of each class
    struct heap_block *kept;                   // one wholly free region stays, so that a loop does not map and unmap
    size_t regions;                            // how many the heap holds now
};

// Where regions come from and go to; linked in, so a host test brings its own. Null when there is no memory.
void *heap_region_map(size_t size);
void heap_region_unmap(void *region, size_t size);
_Noreturn void heap_fail(const char *what);

void *heap_allocate(struct heap *heap, size_t size);                           // null: no memory
void *heap_allocate_aligned(struct heap *heap, size_t alignment, size_t size); // alignment: a power of two
void heap_free(struct heap *heap, void *pointer);                              // null is allowed
void *heap_resize(struct heap *heap, void *pointer, size_t size);              // null: the old block is as it was
size_t heap_usable_size(const void *pointer);
