// The swap area: a paged memory object, each page of which is a place for a page that was taken out of a program.
//
// A page that is away is told by its page table entry (MARK_AWAY), which holds its place. Its program stays charged for it. When it is
// touched it is asked for like any page of paged memory (memory_await), by link, of the daemon that swap_out gave it to; it goes
// from the area into the program, and its place is free again. Who gets no frame (FRAME_SPARING) waits for the page SWAP_ROOM
// of the area, which is none: the daemon answers when it has taken pages out.
//
// What is taken out is a space's own, by a clock hand that goes round all address spaces: a page that was touched since the
// hand came by last stays. Essential accounts, and processes that serve others, are passed over and never wait (account->swapped).
//
// When the daemon dies, those that touch what was away are ended by a fault that says so, and nobody waits for memory any more; until
// one that was started anew brings an area of the same size: its places are those that hold no page that was lost.
#pragma once

#include "kernel/memory/memory.h"

struct area;
struct space;

// Begins to use it. EXISTS: there is one, whose daemon lives; INVALID_ARGUMENT: the one before had another size; NO_MEMORY.
enum status swap_begin(struct memory *memory);

// The area; null: there is none yet. For who holds a space's lock, and does not use it behind that.
struct memory *swap_memory(void);

// The same with a reference.
struct memory *swap_hold(void);

// The index that stands for room in memory.
static inline uint64_t swap_room(const struct memory *memory) {
    return memory->pages;
}

// What the wait for room in an area came to: OK: try again. It ended because the daemon is gone: nobody waits any more.
enum status swap_room_answer(struct memory *memory, enum status waited);

// Takes a page out of a program: its place, and its frame with a reference, charged to nobody. NOTHING: there is none. PEER_FULL.
enum status swap_take_out(uint64_t *place, uint64_t *physical);

void swap_place_free(uint64_t place);

// Whether its page went with a daemon that died.
bool swap_place_is_lost(uint64_t place);
