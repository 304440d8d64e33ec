// Pagers: memory objects whose absent pages are asked for by link, of a memory daemon. Source: seeds/003, "a type of connection that
// would transmit page faults to the memory daemon".
//
// A pager stands between a memory object and one end of a link. A thread that touches an absent page waits here; the first of those
// that wait stands in the link's 32 bytes, and the daemon is signalled. What it supplies is copied into a frame of the memory's
// account (its maker's, so the frames that a daemon hoards are its own). A refusal, the daemon's death, or its patience at its end cost
// the threads that touched the page a fault that says so, and nobody else anything (R-C7).
//
// No cycles (R-C6): a process gets an order when it first makes a pager, higher than all before. It may map only memory whose
// pager's order is lower, so that a daemon never waits for its own pages, nor for those of one that may wait for it. What it mapped
// before is lower by then.
//
// Rules: all that waits is guarded by the lock of the link's pair; the sleepers are the waiters of the memory's end, so that
// the daemon's death wakes them. No lock is held across a wait or a copy.
#pragma once

#include "ipc/link.h"
#include "kernel/memory/memory.h"

// On the stack of the thread that waits.
struct pager_fault {
    TAILQ_ENTRY(pager_fault) link; // [p]
    uint64_t page;
    uint32_t access;
    uint32_t process;
    bool answered;      // [p] it is off the list
    enum status status; // [p] the answer
};

TAILQ_HEAD(pager_fault_list, pager_fault);

struct pager {
    struct object object;
    struct memory_source source;
    struct memory *memory;            // [I] not a reference: it goes first
    struct link_end *end;             // [I] the memory's; a reference and a number's count
    uint64_t memory_id;               // [I]
    uint64_t patience;                // [I] nanoseconds
    uint64_t order;                   // [I] of its maker
    struct pager_fault_list faults;   // [p] in the order of arrival; the first one stands in the link
    uint32_t waiting;                 // [p]
    uint64_t supplied, refused, late; // [p]
};

extern const struct object_type pager_type;

// Makes memory of `size` bytes whose pages come by the end, of which the caller holds a reference. INVALID_ARGUMENT, TOO_LARGE,
// LIMIT_REACHED, NO_MEMORY.
enum status pager_make(struct process *maker, const struct pager_create *wish, struct link_end *end,
                       struct memory **memory);

// The pager of a memory object; null: it has none.
struct pager *pager_of(const struct memory *memory);

// Gives it a page: a frame charged to the memory's account, which becomes the memory's. EXISTS: it is there; INVALID_ARGUMENT: no such
// page. The frame is the caller's still then.
enum status pager_give(struct pager *pager, uint64_t page, uint64_t physical);

// Answers those that wait for a page.
void pager_answer(struct pager *pager, uint64_t page, enum status answer);

// Whether a process may map this memory. DEADLOCK: it could come to wait for itself.
enum status pager_may_map(const struct process *process, const struct memory *memory);
