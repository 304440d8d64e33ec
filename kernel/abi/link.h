// Links: pairs of ends that share 32 bytes, a counted signal each way, and listen queues by which strangers meet.
// Source: seeds/003 ("A System for Basic IPC", "Thread-Local IPC"); DESIGN "The IPC designs" 4.
#pragma once

#include "kernel/abi/types.h"

enum {
    LINK_SIZE = 32,                // bytes that the two ends share; zeros at first
    LINK_POLL_MAX = 64,            // links that one link_poll_several waits for
    LINK_SIGNALS_MAX = UINT32_MAX, // signals are counted up to here; more are merged
};

// How a link is made (link_create) or connected (link_connect).
enum link_flag {
    LINK_OF_THREAD =
        1 << 0, // the number is the calling thread's: negative, for it alone, closed with it, and never sent
};

enum link_write_flag {
    LINK_SIGNAL = 1 << 0, // one signal more for the other end, which is woken
    LINK_NO_WAKE =
        1 << 1, // with LINK_SIGNAL: it is woken later, by the next signal, or when the calling thread sleeps, ends,
                // closes this end, or does the same with another link
};

// What link_poll_all polls.
enum link_poll_flag {
    LINK_POLL_TASK = 1 << 0,   // the links that all threads of the process can use
    LINK_POLL_THREAD = 1 << 1, // the calling thread's own
};

// A link that was polled. link_poll_several reads `number` and writes the rest; link_poll_all writes all of it.
struct link_ready {
    int32_t number;
    int32_t
        status; // OK: signalled; PEER_DIED: the other end is gone (signals that came before are counted still); BUSY:
                // another thread polls it, and gets its signals; WOULD_WAIT: nothing (link_poll_several alone)
    uint32_t signals; // since it was polled last
    uint32_t process; // id of the process that made or connected the other end
    uint32_t user;    // its user id then
    uint32_t reserved;
};

struct link_create {
    uint32_t flags; // enum link_flag, of the first end; the other end is the process's
    int32_t other;  // out: number of the other end
};

enum listener_flag {
    LISTENER_OF_PROCESS =
        1 << 0, // link_connect finds it by the id of the process that made it; a process has one of these
};

// Whom link_connect asks for a link.
struct link_connect {
    uint32_t process;  // id of a process with a listener of the kind LISTENER_OF_PROCESS; 0: `listener` says it
    int32_t listener;  // number of a listener
    uint32_t flags;    // enum link_flag
    uint32_t reserved; // 0
};

// What the 32 bytes hold when an interrupt line signals a link (interrupt_link).
struct link_interrupt {
    uint32_t line;
    uint32_t reserved; // 0
    uint64_t count;    // interrupts since the line was bound
    uint64_t time;     // of the last one: monotonic nanoseconds
    uint64_t zero;
};

_Static_assert(sizeof(struct link_ready) == 24 && sizeof(struct link_connect) == 16, "shapes of links");
_Static_assert(sizeof(struct link_interrupt) == LINK_SIZE, "an interrupt fills a link");

// ---- page faults by link (pager_create) ----

#define PAGER_PATIENCE_DEFAULT UINT64_C(5000000000) // nanoseconds that a thread waits for a page
#define PAGER_PATIENCE_MAX UINT64_C(60000000000)

struct pager_create {
    uint64_t size;     // of the memory, bytes, rounded up to pages
    uint64_t patience; // nanoseconds; 0: PAGER_PATIENCE_DEFAULT
    int32_t link;      // number of the end that becomes the memory's
    uint32_t reserved; // 0
};

enum link_fault_access {
    LINK_FAULT_READ = 0,
    LINK_FAULT_WRITE = 1,
    LINK_FAULT_EXECUTE = 2,
    LINK_FAULT_ROOM = 3, // of the swap area: memory is short, pages should go out (swap_out, swap_answer)
};

// What the 32 bytes hold when a page is wanted: the next one when it was supplied, refused, or waited for in vain.
struct link_fault {
    uint64_t memory;  // id of the memory object
    uint64_t page;    // index; LINK_FAULT_ROOM: that of no page
    uint32_t access;  // enum link_fault_access
    uint32_t process; // id of who touched it
    uint32_t waiting; // threads that wait for pages of this memory
    uint32_t reserved;
};

_Static_assert(sizeof(struct link_fault) == LINK_SIZE, "a fault fills a link");
