// Pipes: first-in-first-out streams of bytes between two ends, in modes SEND, RECEIVE or POOL.
// Source: seeds/002, "Pipes".
//
// A pipe is two end objects that share one lock and one ring of pages. What one end writes, the other reads; in a POOL both
// write to and read from the same ring. An end is open until its last number is closed; an end on its way (created and not yet
// taken from the event, or travelling in a message) is open too (R-B8). When either closes, the other side is told by event,
// its sleepers are woken, and the data stays readable, unless the pipe is strict: then it is lost. An end that its process has not taken
// when its maker closes is closed as well, and its event withdrawn, where no data is left in the pipe: who was not told of it yet is told
// of neither its making nor its end, and a flood of pipes leaves nothing with its receiver.
//
// The creator pays: for both ends, the pages, and, until the other side takes its event, one ACCOUNT_PIPES_UNREAD (R-B7).
//
// Bytes go straight between the program's memory and the ring. Copying may sleep, so it is done without the lock, in turns: one
// reader and one writer at a time. The reader alone moves `head`, the writer alone `tail`; `used` is under the lock.
//
// Rules: no function may be called with a lock held. Whoever calls holds a reference to the end.
#pragma once

#include "ipc/pipe_ring.h"
#include "kernel/abi/pipe.h"
#include "kernel/memory/user.h"
#include "kernel/object/notice.h"
#include "kernel/process/process.h"

// What sleepers are told apart by: a reader, or a writer and the bytes of room that it waits for (PIPE_WRITER + bytes).
enum pipe_waiter_key { PIPE_READER = 1, PIPE_WRITER = 2 };

struct pipe_end {
    struct object object;  // its waiters sleep in reads and writes at this end, by enum pipe_waiter_key
    struct pipe *pipe;     // [I]
    uint32_t side;         // [I] 0 or 1: its place in the pipe
    uint32_t mode;         // [I] enum pipe_mode
    uint32_t process;      // [I] id of the process it was made for, which is told when the other side closes
    int32_t number;        // [p] its number there; 0: not taken yet
    bool open;             // [p]
    bool announced;        // [p] its process knows of it, or is going to: it is told when the other side closes
    bool unread;           // [p] charged to its creator as not yet taken
    struct notice created; // told to `process`, where that is not the creator
    struct notice closed;
};

// Letter [p]: the pipe's lock.
struct pipe {
    struct lock lock;
    uint32_t references;      // [a] its ends
    uint32_t flags;           // [I] enum pipe_flag
    struct account *account;  // [I] the creator's, a reference
    struct pipe_end *ends[2]; // [p] null: destroyed
    uint32_t reader, writer; // [p] id of the process that has the turn to read, to write; 0: nobody; or PIPE_WRITE_KEPT
    uint32_t sleepers;       // [p] threads in reads and writes that wait
    uint32_t sleeping_writers; // [p] of these, in writes
    bool watched;              // [p] an end may have watches
    struct pipe_ring ring;     // `used` under the lock, the rest by whoever has the turn
};

extern const struct object_type pipe_end_type;

// What a number of an end may do, by its mode.
uint32_t pipe_end_rights(const struct pipe_end *end);

// The checked wishes of a creator.
struct pipe_plan {
    struct process *creator;
    struct process *other; // null: both ends are the creator's
    uint32_t mode;         // of the creator's end
    uint32_t flags;
    uint32_t capacity;
};

// Makes a plan of what the program asked for. INVALID_ARGUMENT, TOO_LARGE, NOT_FOUND, DENIED. plan->other comes with a reference.
enum status pipe_plan_make(struct process *creator, const struct pipe_create *wish, struct pipe_plan *plan);

// Makes the two ends, not yet known to anybody. ends[0] is the creator's. LIMIT_REACHED, NO_MEMORY.
enum status pipe_make(const struct pipe_plan *plan, struct pipe_end *ends[2]);

// Notes the number that the process of an end has for it, before anybody can close it.
void pipe_end_set_number(struct pipe_end *end, int32_t number);

// Lets go of ends that nobody got to know.
void pipe_abandon(struct pipe_end *ends[2]);

// Tells the other process of its end. Cannot fail: the place was reserved by pipe_make.
void pipe_announce(struct pipe_end *end);

// Adds bytes; *written says how many. OK with fewer than `size`: the deadline passed, or the other side closed meanwhile.
// PEER_DIED, WOULD_WAIT, TIMED_OUT, INTERRUPTED, BAD_ADDRESS, BAD_NUMBER (the end was closed meanwhile), NO_MEMORY,
// LIMIT_REACHED (the writer made the pipe), PEER_FULL (its maker has no memory left for it): nothing was written.
enum status pipe_write(struct pipe_end *end, struct user_address data, size_t size, uint64_t deadline, size_t *written);

// Takes bytes; *taken says how many. STREAM_END, PEER_DIED, WOULD_WAIT, TIMED_OUT, INTERRUPTED, BAD_ADDRESS, BAD_NUMBER.
enum status pipe_read(struct pipe_end *end, struct user_address buffer, size_t size, uint64_t deadline, size_t *taken);

size_t pipe_pending(struct pipe_end *end);

// ---- what pipe.c and pipe_transfer.c need of each other; the pipe's lock is held ----

static inline struct pipe_end *pipe_peer(const struct pipe_end *end) {
    return end->pipe->ends[1 - end->side];
}

static inline bool pipe_peer_is_open(const struct pipe_end *end) {
    const struct pipe_end *peer = pipe_peer(end);
    return peer != 0 && peer->open;
}

// Whether anybody has to be told of data or room.
static inline bool pipe_is_attended(const struct pipe *pipe) {
    return pipe->sleepers != 0 || pipe->watched;
}

// The document's rule: the pipe closed, and all that was in it is lost.
static inline bool pipe_is_broken(const struct pipe_end *end) {
    return (end->pipe->flags & PIPE_STRICT) && !pipe_peer_is_open(end);
}

// As the writer: a debugger keeps a write, and with it the turn.
#define PIPE_WRITE_KEPT UINT32_MAX

// Whether one side would find nothing in the pipe after the other closed.
static inline bool pipe_keeps_nothing(const struct pipe *pipe) {
    return (pipe->flags & PIPE_STRICT) || (pipe->ring.used == 0 && pipe->writer == 0);
}

// What is told of an end, without its number: that is put in when the event is taken.
void pipe_end_event(const struct pipe_end *end, enum pipe_action action, EVENT *event);
