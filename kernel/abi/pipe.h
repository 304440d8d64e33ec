// Pipes: first-in-first-out streams of bytes, named by numbers. Source: seeds/002, "Pipes"; DESIGN "The IPC designs" 1.
#pragma once

#include "kernel/abi/types.h"

// The mode of a pipe from one program's point of view. The other side of SEND has RECEIVE; both sides of a POOL add to
// and take from the same bytes.
enum pipe_mode { PIPE_SEND = 1, PIPE_RECEIVE = 2, PIPE_POOL = 3 };

enum pipe_flag {
    PIPE_STRICT = 1 << 0, // the document's rule: when either side closes, unread data is lost. Default: it is kept
};

enum {
    PIPE_CAPACITY_DEFAULT = 64 << 10,
    PIPE_CAPACITY_MAX = 1 << 20,
    PIPE_ATOMIC = PAGE_SIZE, // a write of at most so many bytes is never mixed with another's, nor split by a deadline
};

struct pipe_create {
    uint32_t process;  // the other side, told by event; 0: both ends are the caller's
    uint32_t mode;     // enum pipe_mode, of the caller's end
    uint32_t flags;    // enum pipe_flag
    uint32_t capacity; // bytes, rounded up to pages; 0: PIPE_CAPACITY_DEFAULT
    int32_t other;     // out: the number of the other end, where process is 0
    uint32_t reserved; // 0
};
