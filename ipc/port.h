// Ports: fixed-size messages sent, and calls that wait for their reply. Source: seeds/004.
//
// A port and its entry share the port's lock. Who sends or calls holds the entry, who receives and replies the port; when the
// last number of the port is closed, or its thread or process ends, every caller learns it (R-P7).
//
// A call lives in a block that its caller brings along, through all its states: in the queue, on its way out, taken, done. The reply is
// written into that block, so it needs neither memory nor room (R-P3, R-P4). A caller that gives up while its call is taken leaves the
// block to the port, where it becomes the cancellation that the receiver is told (R-P10).
//
//      QUEUED ----> LEAVING ----> TAKEN ----> DONE (answered; or nobody will answer: PEER_DIED)
//        |  given straight to a     |
//        |  receiver that sleeps    +-------> CANCELLED (told to the receiver, then freed)
//        +---- caller gives up: its own again
//
// Rules: no function but the *_locked ones may be called with a lock held. Whoever calls holds a reference to the port or its entry.
#pragma once

#include "kernel/abi/port.h"
#include "kernel/memory/user.h"
#include "kernel/object/object.h"
#include "kernel/process/process.h"

enum { PORT_BUCKETS = 16, PORT_TAKERS_MAX = 8 };

struct port;

enum port_message_state {
    PORT_MESSAGE_FRESH,     // its maker's
    PORT_MESSAGE_QUEUED,    // in the queue
    PORT_MESSAGE_LEAVING,   // a thread copies it out; in no list
    PORT_MESSAGE_TAKEN,     // a call that may be answered, in its bucket
    PORT_MESSAGE_CANCELLED, // a call whose caller gave up, in the list of cancellations
    PORT_MESSAGE_DONE,      // a call, its caller's again; `status` says how it ended
};

// Letter [p]: the port's lock; without one: set before others see it.
struct port_message {
    TAILQ_ENTRY(port_message) link; // [p] in the queue or the cancellations
    struct port_message *next;      // [p] in the bucket of its id
    uint64_t id;                    // [p]
    uint32_t process, user;         // the sender's
    uint32_t kind;                  // [p] enum port_kind
    uint32_t state;                 // [p] enum port_message_state
    uint32_t priority;              // the caller's
    enum status status;             // [p] of a call that is DONE
    struct thread *caller;          // [p] sleeps until it is completed; null: a message, or the caller gave up
    uint64_t taker;                 // [p] id of the thread object that took a call
    uint32_t taker_process;         // [p] its process
    struct port *port;
    struct account *account; // charged for a queued message, a reference; null: nobody is
    struct number_cargo load;
    uint64_t words[]; // the message
};

TAILQ_HEAD(port_message_list, port_message);

struct port_entry {
    struct object object; // its waiters wait for room
    struct port *port;    // [I] a reference
};

struct port {
    struct object object;                     // its waiters wait for messages; their key is their struct port_sleeper
    uint32_t message_size, capacity, scope;   // [I]
    uint64_t thread;                          // [I] id of the thread object that alone receives; 0: any
    struct port_entry *entry;                 // [p] null: it is gone
    struct port_message_list queue;           // [p] messages and calls
    struct port_message_list cancelled;       // [p]
    struct port_message *taken[PORT_BUCKETS]; // [p] calls by the low bits of their ids
    uint32_t queued;                          // [p] messages in the queue that are no calls
    uint32_t waiting;                         // [p] all that is in the queue, and cancellations
    uint32_t peak;                            // [p] the most there were in the queue
    uint64_t last_id;                         // [p]
    uint64_t late;                            // [p] replies that came too late
    uint64_t refused;                         // [p] messages for which there was no room
    uint32_t last_taker;                      // [p] id of the process that received last
    uint32_t service;                         // [a] the interface that its owner provided, which has ended; 0: none
    bool closed;                              // [p]
    struct port_message *spare;               // [a] a block for a message; null: none
    LIST_ENTRY(port) published;               // [lock of the published ports]
    bool takes_pages;                         // [a] its receiver has a window for them
    bool is_published;                        // the same; the list holds a reference to the entry
};

// A thread that sleeps in port_receive.
struct port_sleeper {
    struct port_message *given;
};

extern const struct object_type port_type;
extern const struct object_type port_entry_type;

// ---- port.c: making and closing ----

struct port_plan {
    struct process *creator;
    uint32_t message_size, capacity, scope;
};

// Makes a plan of what the program asked for. INVALID_ARGUMENT, TOO_LARGE.
enum status port_plan_make(struct process *creator, const struct port_create *wish, struct port_plan *plan);

// Makes a port and its entry, known to nobody. LIMIT_REACHED, NO_MEMORY.
enum status port_make(const struct port_plan *plan, struct port **port, struct port_entry **entry);

// Ends all that is under way: callers get PEER_DIED, messages are dropped.
void port_close(struct port *port);

// What who sends to a closed port is told: RESTARTED where another process provides what its owner did, else PEER_DIED. (R-P7)
enum status port_closed_status(const struct port *port);

// Completes the calls that a process took, at all ports: it ends.
void port_taker_ended(uint32_t process);

// ---- port_home.c: the ports that others find by process or thread ----

// Lets others find it. EXISTS.
enum status port_publish(struct port *port, struct process *process);
void port_unpublish(struct port *port);

// The entry of a process's port, or of a thread's, with a reference; waits for it. NOT_FOUND (the deadline is now), TIMED_OUT,
// INTERRUPTED, PEER_DIED.
enum status port_find(struct process *process, uint64_t thread, uint64_t deadline, struct port_entry **entry);

// The block of a process for a call, and the way back. Null: no memory.
struct port_message *port_call_block_take(struct process *process);
void port_call_block_return(struct process *process, struct port_message *block);

// The process has taken calls: they are looked for when it ends.
void port_note_taker(struct process *process);

// ---- port_message.c ----

// A block for a message, charged to `account` once it is queued. NO_MEMORY.
struct port_message *port_message_take(struct port *port);

// Frees a message or an orphaned call with what it carries and its charge. It is in no list.
void port_message_free(struct port_message *message);

// ---- sending and receiving ----

// Queues a message or hands it to a thread that waits for one; from then on it is the port's. PEER_FULL, LIMIT_REACHED, PEER_DIED,
// TIMED_OUT, INTERRUPTED: it is still the caller's.
enum status port_send(struct port *port, struct port_message *message, struct account *account, uint64_t deadline,
                      uint64_t *id);

// Takes the first message for the calling thread; `next` (may be null) is a claimed thread to be run meanwhile. It is LEAVING then: to
// be ended by port_finish or port_refuse. The lock is held before and let go. WOULD_WAIT, TIMED_OUT, INTERRUPTED, PEER_DIED.
enum status port_take_unlock(struct port *port, uint64_t deadline, struct thread *next, struct port_message **message);
enum status port_take(struct port *port, uint64_t deadline, struct port_message **message);

// It was copied out: a call may be answered from now on, all else is freed.
void port_finish(struct port *port, struct port_message *message);

// It could not be copied out: it is the first in the queue again.
void port_refuse(struct port *port, struct port_message *message);

void port_inform(const struct port *port, const struct port_message *message, struct port_information *information);

// ---- calling and answering ----

// Calls and waits for the reply, which is in the block then. *call is null afterwards where the port keeps the block.
// PEER_DIED, WOULD_WAIT, TIMED_OUT, INTERRUPTED, DEADLOCK.
enum status port_call(struct port *port, struct port_message **call, uint64_t deadline);

struct port_answer {
    uint64_t id;
    const void *bytes;
    struct number_cargo load; // goes with it, where it is accepted
};

// Answers a call; *caller is the claimed thread that waits for it, or null: it was ended otherwise, but finds the answer. NOT_FOUND.
enum status port_answer_locked(struct port *port, const struct port_answer *answer, struct thread **caller);
enum status port_answer(struct port *port, const struct port_answer *answer);

// ---- for each other; the port's lock is held ----

// Notes that the calling thread's, or another's, message is in the queue, at its end or first; or gives it to a sleeper.
void port_enter_locked(struct port *port, struct port_message *message, bool first);

// Gives a message that is in no list to the receiver that has waited longest. Null: nobody waits; else the thread, claimed.
struct thread *port_give_locked(struct port *port, struct port_message *message);

// Takes it out of the queue.
void port_leave_locked(struct port *port, struct port_message *message);

// A call ends: its caller finds `status`. Says the claimed caller, or null.
struct thread *port_complete_locked(struct port_message *call, enum status status);

// Notes a call that was taken.
static inline void port_taken_add_locked(struct port *port, struct port_message *call) {
    struct port_message **bucket = &port->taken[call->id % PORT_BUCKETS];
    call->next = *bucket;
    *bucket = call;
}

// Takes the call of this id out of those that were taken; null: there is none.
static inline struct port_message *port_taken_remove_locked(struct port *port, uint64_t id) {
    struct port_message **place = &port->taken[id % PORT_BUCKETS];
    while (*place != 0 && (*place)->id != id)
        place = &(*place)->next;
    struct port_message *call = *place;
    if (call != 0)
        *place = call->next;
    return call;
}

// For a look at all of them: the first, and the next behind a given one. Null: no more.
struct port_message *port_taken_first_locked(const struct port *port);
struct port_message *port_taken_next_locked(const struct port *port, const struct port_message *call);

static inline struct port_sleeper *port_sleeper_of(const struct waiter *waiter) {
    return (struct port_sleeper *)(uintptr_t)waiter->key;
}

// Nobody can send any more.
static inline bool port_is_deserted(const struct port *port) {
    return port->scope == PORT_OF_OBJECT &&
           (port->entry == 0 || __atomic_load_n(&port->entry->object.numbers, __ATOMIC_ACQUIRE) == 0);
}
