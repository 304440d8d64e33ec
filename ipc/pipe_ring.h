// The ring of a pipe: pages made when bytes first come to lie in them, and kept while the pipe is busy.
//
// When it runs empty it starts over at its first page, so that small traffic needs one page. Pages that were not needed since
// the last time are given back by pipe_ring_trim, which a reader calls before it sleeps.
//
// Rules: bytes and `head` are the reader's, `tail` and the making of pages the writer's; `used` and the rest need the lock of
// the pipe. The copy functions and those that make or free pages are called without it.
#pragma once

#include <stdbool.h>

#include "kernel/memory/user.h"

struct account;

struct pipe_ring {
    uint32_t capacity; // [I] bytes, whole pages
    uint32_t head;     // where the next byte is read, below capacity
    uint32_t tail;     // where the next byte is written, below capacity
    uint32_t used;     // bytes in it
    uint32_t made;     // pages that are there: the first so many
    uint32_t peak;     // pages needed since the last trim
    uint8_t **pages;   // [I] of capacity / PAGE_SIZE
};

static inline uint32_t pipe_ring_room(const struct pipe_ring *ring) {
    return ring->capacity - ring->used;
}

// Makes the pages for `size` bytes from the tail on. NO_MEMORY, LIMIT_REACHED: what was made is kept for later.
enum status pipe_ring_prepare(struct pipe_ring *ring, struct account *account, uint32_t size);

// Copies into prepared pages from the tail on, or out from the head on; moves neither. BAD_ADDRESS, WOULD_WAIT (user_touch).
enum status pipe_ring_copy_in(struct pipe_ring *ring, struct user_address from, uint32_t size);
enum status pipe_ring_copy_out(const struct pipe_ring *ring, struct user_address to, uint32_t size);

// Moves the tail, or the head. `busy`: somebody has the other turn, so an empty ring is not started over.
void pipe_ring_added(struct pipe_ring *ring, uint32_t size);
void pipe_ring_taken(struct pipe_ring *ring, uint32_t size, bool busy);

// Takes pages out of an empty ring that nobody uses; null: none. They are freed by pipe_ring_free, without the lock.
void *pipe_ring_trim(struct pipe_ring *ring);

// All pages, at the pipe's end.
void *pipe_ring_take_all(struct pipe_ring *ring);
void pipe_ring_free(struct account *account, void *pages);
