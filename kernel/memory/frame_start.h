// What frame.c and frame_start.c share: the store of frames, and how it comes to be at boot.
#pragma once

#include "kernel/memory/buddy.h"
#include "kernel/sync/lock.h"

struct frame_store {
    struct lock lock;   // RANK_FRAMES
    struct buddy buddy; // [lock]
    uint64_t total;     // [I] after boot
    uint64_t reserve;   // [I] after boot: frames that only the kernel and essential accounts get
    uint64_t margin;    // [a] frames more that FRAME_SPARING leaves
    uint64_t kernel;    // [a] in use without an account
};

extern struct frame_store frame_store;
