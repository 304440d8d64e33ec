// Links: pairs of ends that share 32 bytes, and a counted signal each way. Source: seeds/003, "A System for Basic IPC".
//
// The bytes belong to the pair: what one end writes either end reads, all 32 in one step. Signals are an end's own: each one that
// the other end gives counts up, to LINK_SIGNALS_MAX (R-C4), and a poll takes them all. One thread at a time polls an end. An
// end is open until its last number is closed; one in a listener's queue, or on its way in a message, is open too. When it
// closes, the other end is told: who polls it wakes, watches fire, and the bytes stay readable.
//
// An end has no right to be copied. It can be sent; an end of a thread (LINK_OF_THREAD) has a negative number, which nothing sends
// (R-C1). A process's many ends are polled through a set (ipc/link_set.h).
//
// Whoever signals with LINK_NO_WAKE counts at once and puts the wake off (thread_put_off), at most until it sleeps or ends (R-C3).
//
// Rules: no function but the *_locked ones may be called with a lock held. Whoever calls holds a reference to the end.
// Letters: [p] the pair's lock.
#pragma once

#include "kernel/abi/link.h"
#include "kernel/process/process.h"
#include "kernel/process/thread_numbers.h"

enum { LINK_WORDS = LINK_SIZE / sizeof(uint64_t), LINK_ENDS = 2 };

// The bytes, as they are copied in and out at once.
struct link_listing;

struct link_bytes {
    uint64_t words[LINK_WORDS];
};

struct link_end {
    struct object object;           // its waiter is the thread that polls it
    struct link *link;              // [I]
    uint32_t side;                  // [I] 0 or 1: its place in the pair
    uint32_t signals;               // [p] not yet told
    bool open;                      // [p]
    bool offered;                   // [p] it stands in a listener's queue
    struct link_listing *listing;   // [p] the first of those that sets have of it; null: none
    const struct thread *poller;    // [p] waits for this end, alone or among several; to compare with only
    const struct thread *thread;    // [I] once it has a number: whose it is; null: its process's
    TAILQ_ENTRY(link_end) in_queue; // [lock of the listener]
};

// Who made or connected an end.
struct link_party {
    uint32_t process; // id
    uint32_t user;    // its user id then
};

struct link {
    struct lock lock;                     // RANK_OBJECT_INNER: a signal may come under an interrupt's lock
    uint32_t references;                  // [a] its ends
    struct account *account;              // [I] who made it, a reference
    struct link_end *ends[LINK_ENDS];     // [p] null: destroyed
    struct link_party parties[LINK_ENDS]; // [p] they outlast the ends
    struct link_bytes bytes;              // [p]
};

extern const struct object_type link_end_type;

// What a number of an end may do.
enum { LINK_RIGHTS = RIGHT_READ | RIGHT_WRITE | RIGHT_WAIT | RIGHT_SEND };

// Makes both ends, known to nobody yet, each with one reference. LIMIT_REACHED, NO_MEMORY.
enum status link_make(struct process *maker, struct link_end *ends[LINK_ENDS]);

// Gives an end a place of the calling thread's, or of its process: reserved first, so that taking it cannot fail.
enum status link_number_reserve(uint32_t flags, int32_t *number);
void link_number_unreserve(int32_t number);
void link_number_take(int32_t number, struct link_end *end);

// The end that a number of the caller's names. BAD_NUMBER, WRONG_TYPE, NO_RIGHT.
static inline enum status link_find(int32_t number, uint32_t rights, struct link_end **end) {
    struct object *object = 0;
    enum status status = number_find(&process_current()->numbers, number, OBJECT_LINK, rights, &object);
    if (status != STATUS_OK && number < 0)
        status = thread_number_find(number, OBJECT_LINK, rights, &object);
    *end = (struct link_end *)object;
    return status;
}

// The processes that could signal an end: who holds its other end. For instruments; no lock is held.
void link_peer_holders(struct link_end *end, struct wait_edges *edges);

// ---- what an end does (ipc/link_transfer.c) ----

void link_read_bytes(struct link_end *end, struct link_bytes *bytes);

// Writes where `bytes` is not null, and signals as `flags` say. PEER_DIED.
enum status link_write_bytes(struct link_end *end, const struct link_bytes *bytes, uint32_t flags);

// Waits for a signal. WOULD_WAIT, TIMED_OUT, INTERRUPTED, PEER_DIED, BUSY.
enum status link_poll_end(struct link_end *end, uint64_t deadline, uint32_t *signals);

// Write, signal, wait, read, in one step. PEER_DIED, WOULD_WAIT, TIMED_OUT, INTERRUPTED, BUSY.
enum status link_call_end(struct link_end *end, struct link_bytes *bytes, uint64_t deadline, uint32_t *signals);

// Puts signals back that were taken and could not be told.
void link_signals_return(struct link_end *end, uint32_t signals);

// Waits for one of several ends of which the caller holds references; fills in what is ready, and says how many are. INVALID_ARGUMENT (the
// same end twice), BUSY, NO_MEMORY, WOULD_WAIT, TIMED_OUT, INTERRUPTED.
enum status link_poll_ends(struct link_end *const *ends, struct link_ready *ready, uint32_t count, uint64_t deadline,
                           uint32_t *found);

// ---- with the pair's lock held ----

// Id of the process at the other end.
static inline uint32_t link_peer_process(const struct link_end *end) {
    return end->link->parties[1 - end->side].process;
}

static inline struct link_end *link_peer(const struct link_end *end) {
    return end->link->ends[1 - end->side];
}

static inline bool link_peer_is_open(const struct link_end *end) {
    const struct link_end *peer = link_peer(end);
    return peer != 0 && peer->open;
}

// Counts one signal at an end that is open, and wakes who polls there.
void link_signal_locked(struct link_end *end);

// What a poll tells of an end; takes its signals. False: nothing to tell.
bool link_tell_locked(struct link_end *end, const struct thread *poller, struct link_ready *ready);
