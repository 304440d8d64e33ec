// The buddy allocator's arithmetic: which frames are free, in blocks of 2^order that merge with their buddies.
//
// Rules: pure bookkeeping over an array of struct frame, 8 bytes each; never touches the frames themselves, takes no lock:
// the caller holds one. Indexes are frame numbers (physical address / PAGE_SIZE).
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { BUDDY_ORDERS = 11, BUDDY_NONE = (1 << 24) - 1, BUDDY_FRAMES_MAX = BUDDY_NONE };

// FRAME_INSIDE: no memory of ours, or within a block that another frame is the head of.
enum frame_state { FRAME_INSIDE = 0, FRAME_FREE = 1, FRAME_USED = 2 };

struct frame {
    union {
        uint32_t references; // [a] of a used one
        uint32_t next;       // of the head of a free block: the next free block of its order
    };
    uint32_t previous : 24; // of the head of a free block
    uint32_t order : 4;     // of a head
    uint32_t state : 4;     // enum frame_state
};

_Static_assert(sizeof(struct frame) == 8, "the price of managing a frame");

struct buddy {
    struct frame *frames;
    uint32_t count;               // of the array
    uint64_t free;                // frames in free blocks
    uint32_t heads[BUDDY_ORDERS]; // first free block of each order, BUDDY_NONE: none
};

// `frames` is zeroed; nothing is free yet.
void buddy_start(struct buddy *buddy, struct frame *frames, uint32_t count);

// Frees a range that was not known before.
void buddy_add(struct buddy *buddy, uint32_t first, uint32_t count);

// Takes a block of 2^order frames, aligned to its size; its head is then used with one reference. False: there is none.
bool buddy_take(struct buddy *buddy, uint32_t order, uint32_t *index);

// Gives a block back, and merges it with its buddy as often as that is free too.
void buddy_give(struct buddy *buddy, uint32_t index, uint32_t order);
