// A heap in shared memory: one side allocates, passes an offset (by a port, say), and either side gives the block back.
//
// Who allocates is the heap's owner. What it knows of its blocks lies in its own memory; the shared part holds nothing but the blocks and,
// before them, a byte per granule by which the other side says "I am done with this one". So whatever the other side writes,
// it spoils no more than the bytes that it was given (R-P6). There is no lock in shared memory: a side that dies holds none, and its
// blocks are the owner's to reclaim. Offsets from the other side are checked against the bounds of the memory, at each use.
// Rules: the owner's functions may be called by all its threads. What the other side can write at any time is read once, then used.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

#include <stdbool.h>

enum { SHARED_HEAP_GRANULE = 64, SHARED_HEAP_SIZE_MAX = 1 << 24 };

struct shared_heap;

// ---- the owner ----

// Makes a heap in new shared memory of about `size` bytes, or in memory that the other side made. Mapped read and write.
// INVALID_ARGUMENT, TOO_LARGE, NO_MEMORY, LIMIT_REACHED.
enum status shared_heap_create(size_t size, struct shared_heap **heap);
enum status shared_heap_adopt(int32_t memory, struct shared_heap **heap); // takes the number over where it succeeds

// Unmaps it and closes its number; what the other side has mapped stays.
void shared_heap_destroy(struct shared_heap *heap);

// The memory's number, to be sent to the other side with RIGHT_READ and RIGHT_WRITE.
int32_t shared_heap_number(const struct shared_heap *heap);

// A block of `size` bytes. One that is lent is the other side's to give back, and from then on no more to be named by its offset.
// NO_MEMORY: no room; INVALID_ARGUMENT: 0 bytes.
enum status shared_heap_allocate(struct shared_heap *heap, size_t size, bool lent, uint32_t *offset);

// INVALID_ARGUMENT: no block begins there, or it is lent.
enum status shared_heap_free(struct shared_heap *heap, uint32_t offset);

// The other side died: all that was lent to it is free again.
void shared_heap_reclaim(struct shared_heap *heap);

// Where a block's bytes are. Null: not within the blocks' part.
void *shared_heap_pointer(const struct shared_heap *heap, uint32_t offset, size_t size);

// ---- the other side ----

struct shared_view {
    uint8_t *base; // null: not mapped
    size_t size;
};

// Maps a heap's memory. INVALID_ARGUMENT: it is too small to be one, or too large.
enum status shared_view_map(int32_t memory, struct shared_view *view);
void shared_view_unmap(struct shared_view *view);

// Where these bytes are. Null: not within the blocks' part.
void *shared_view_pointer(const struct shared_view *view, uint32_t offset, size_t size);

// Gives a lent block back. False: no block can begin there.
bool shared_view_give_back(const struct shared_view *view, uint32_t offset);
