// What the tests of links share: pairs whose ends are two processes'.
#pragma once

#include "ipc/link.h"
#include "tests/unit/host/host.h"

struct pair {
    struct process *a, *b;
    uint64_t at_a, at_b; // numbers
};

// Gives a process the end that another has by this number; that one's is closed.
uint64_t links_move(struct process *from, uint64_t number, struct process *to);

// Two processes with a link between them.
struct pair links_pair(void);

// A link whose first end is a number of the calling thread's. AS(process, ...) calls as one thread.
uint64_t links_make(struct process *process, uint32_t flags, uint64_t *other);

struct link_bytes links_bytes(uint64_t first);
