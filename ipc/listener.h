// Listeners: queues of link ends that a server made and pushed, for whoever connects. Source: seeds/003, "PushToListenQueue()".
//
// What stands in the queue is the server's and charged to it, so that a client costs it nothing that it did not offer, and an
// empty queue nothing at all; connecting waits then. The gate (GATE_LINK) of the process that made the listener is asked at
// connect, and never again (R-C5); a link or a listener that is sent on passes on what its holder may do.
//
// A listener is open until its maker ends, or its last number is closed. What it holds then is let go, so that the server's ends
// find their peers gone, and who waits to connect is told.
//
// Rules: no lock may be held. Letter [l]: the listener's lock, below those of links.
#pragma once

#include "ipc/link.h"

TAILQ_HEAD(link_end_list, link_end);

struct listener {
    struct object object;          // its waiters wait to connect
    uint32_t process;              // [I] id of its maker
    bool open;                     // [l]
    uint32_t offered;              // [l] how many
    uint32_t connected;            // [l] how many were, ever
    uint32_t waiting;              // [l] threads that wait to connect
    struct link_end_list ends;     // [l] offered; a reference and a number's count each
    LIST_ENTRY(listener) of_maker; // [listeners' lock]
    bool is_public;                // [listeners' lock] found by its maker's id
};

extern const struct object_type listener_type;

// Makes one of the process's. INVALID_ARGUMENT, EXISTS, LIMIT_REACHED, NO_MEMORY.
enum status listener_make(struct process *maker, uint32_t flags, struct listener **listener);

// Puts an end at the end of the queue. PEER_DIED, BUSY.
enum status listener_offer(struct listener *listener, struct link_end *end);

// The public listener of a process, with a reference. NOT_FOUND.
enum status listener_of(uint32_t process, struct listener **listener);

// Whether the gate of the maker lets the process connect. DENIED; PEER_DIED: the maker has ended.
enum status listener_admit(const struct listener *listener, const struct process *from);

// Takes the first end whose other end is open, with a reference and a number's count. WOULD_WAIT, TIMED_OUT, INTERRUPTED, PEER_DIED.
enum status listener_take(struct listener *listener, uint64_t deadline, struct link_end **end);

// The end was taken for good: it is connected by this process, and its other end is signalled.
void listener_connected(struct link_end *end, const struct process *by);
