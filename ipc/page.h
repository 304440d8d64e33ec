// Pages: sent to a process's handler, delivered by an upcall, answered by it. Source: seeds/000. The manual is kernel/abi/page.h.
//
// Each process has a *box* (handlers, what is on its way to them, threads that take upcalls), under one lock: the lock of its
// handlers, too. A *transfer* is one load of pages on its way to one handler. It is queued, then running (a thread's upcall has
// it), then ended with a status; its sender waits for that, or nobody does (to oneself). Who ends it is settled under the
// receiver's box lock. Pages go back at the sender, by the sender's own thread, so no other's address space is
// touched but the receiver's while its box is open.
//
// Rules: box lock before space lock; never two box locks. A transfer's end drops nothing under the lock.
#pragma once

#include <bsd/sys/queue.h>

#include "kernel/abi/machine.h"
#include "kernel/abi/page.h"
#include "kernel/memory/pages.h"
#include "kernel/object/object.h"
#include "kernel/process/process.h"

struct arch_upcall;
struct page_handler;
struct page_transfer;
struct upcall;

LIST_HEAD(page_handler_list, page_handler);
TAILQ_HEAD(page_transfer_list, page_transfer);
LIST_HEAD(upcall_list, upcall);

struct page_box {
    struct lock lock;
    uint32_t references;                // [a]
    uint32_t id;                        // [I] process id
    uint32_t running;                   // [a] upcalls that have pages
    struct process *process;            // [l] null: it has ended
    bool closed;                        // [l] it is ending: nothing more comes
    struct page_handler_list handlers;  // [l]
    struct page_transfer_list arrivals; // [l] queued, in the order of coming
    struct upcall_list upcalls;         // [l] the threads that take upcalls
    uint64_t signals;                   // [l] pending: a bit per type
    struct wait_queue sleepers;         // [l] threads in upcall_wait
    struct page_window port_window;     // [l] where pages that come by port are put (ipc/port_page.h); 0 pages: nowhere
};

struct page_handler {
    struct object object; // its waiters wait for its upcalls to be over
    LIST_ENTRY(page_handler) link;
    struct page_box *box;                          // [I] a reference
    uint32_t type;                                 // [I]
    uint32_t flags;                                // [I] enum page_handler_flag
    uint64_t function;                             // [I] user address
    struct page_window window;                     // [l] `base`, `pages` [I]
    uint32_t queued, running;                      // [l] transfers; upcalls
    bool removing;                                 // [l] nothing more begins
    bool closed;                                   // [l] off the list
    uint32_t signal_process, signal_user;          // [l] who sent the pending signal last
    uint64_t accepted, abandoned, refused, loaded; // [l] loaded: pages
};

enum transfer_state { TRANSFER_QUEUED, TRANSFER_RUNNING, TRANSFER_ENDED };

struct page_transfer {
    TAILQ_ENTRY(page_transfer) link; // [box lock] queued
    struct page_transfer *next;      // of the same broadcast; the sender's
    struct page_handler *handler;    // [I] a reference
    struct page_load *load;          // [I] its own, behind it, or the parcel's
    struct page_parcel *parcel;      // [I] a reference; null: its own load
    uint32_t references;             // [a] the sender's, and the queue's or the upcall's
    uint32_t process, user;          // [I] the sender
    uint32_t flags;                  // [I] as the handler sees them
    uint32_t offset;                 // [I] of the first byte in the first page
    uint64_t bytes;                  // [I]
    enum transfer_state state;       // [box lock]
    enum status status;              // [box lock] how it ended: OK accepted, NOTHING abandoned, or an error
    bool detached;                   // [I] nobody waits: to oneself, or without an answer
    bool returns;                    // [I] its end does for the sender's pages what a waiting sender would
    struct wait_queue waiters;       // [box lock] the sender
    struct page_load own;            // the last member: its pages follow
};

// A load that the transfers of a broadcast share.
struct page_parcel {
    uint32_t references; // [a]
    struct page_load load;
};

// What a thread that takes upcalls has. Made and freed by the thread itself.
struct upcall {
    LIST_ENTRY(upcall) link; // [box lock]
    struct thread *thread;
    struct page_box *box;
    struct arch_upcall *room;      // [o]
    uint64_t entry, stack;         // [o] user addresses
    uint64_t mask;                 // [box lock]
    uint64_t mask_before;          // [box lock] to be set again when an upcall is over
    bool mask_is_lent;             // [box lock] upcall_wait set the mask
    bool running;                  // [box lock]
    uint32_t fault_type;           // [o] of a fault to be handled next; 0: none
    uint64_t fault_address;        // [o]
    bool restarts;                 // [o] of the one that runs
    bool breaks_off;               // [o] one since its program was interrupted lets no call be made anew
    struct page_handler *handler;  // [box lock] the one that runs; a reference, which is the arrival's if there is one
    struct page_transfer *arrival; // [box lock] its pages, or null; a reference
    uint64_t address;              // [box lock] where they were put
    struct page_transfer *spare;   // [o] room for a transfer of one page, kept for the next; or null
};

static inline struct page_box *page_box_of(const struct process *process) {
    return process->attachments[ATTACHMENT_PAGES];
}

static inline uint64_t upcall_mask_bit(uint32_t type) {
    return UINT64_C(1) << (type < PAGE_TYPE_SIGNALS ? type : 0);
}

void page_box_release(struct page_box *box);

// ---- handlers (page_handler.c) ----

extern const struct object_type page_handler_type;

struct page_handler_plan {
    uint32_t type, flags;
    uint64_t function, window, pages;
};

// As the call; without a number yet. page_handler_enter makes it found: EXISTS.
enum status page_handler_create(struct process *process, const struct page_handler_plan *plan,
                                struct page_handler **handler);
enum status page_handler_enter(struct page_handler *handler);

// Waits until no upcall of it runs but the caller's; nothing more begins then. TIMED_OUT, WOULD_WAIT, INTERRUPTED: as before.
enum status page_handler_quiesce(struct page_handler *handler, uint64_t deadline);

// The handler of a type. The box's lock is held; null: none.
struct page_handler *page_handler_find(struct page_box *box, uint32_t type);

// ---- sending (page_send.c, page_broadcast.c) ----

struct page_sending {
    struct process *from, *to; // `to` null: a broadcast
    uint32_t type, flags;
    uint64_t address; // page-aligned
    uint32_t offset, count;
    uint64_t bytes;
    uint64_t deadline;
};

// To one process, which may be the sender. As the call; *counts where it succeeded.
enum status page_send(const struct page_sending *sending, uint64_t *counts);
enum status page_broadcast(struct page_sending *sending, uint64_t *counts);

// Makes received pages the process's own memory. As the call.
enum status page_place(struct process *process, uint64_t from, uint64_t to, uint32_t count);

// A signal, from a process (or for it: its end), without waiting. NOT_FOUND: no handler, or it has ended.
enum status page_signal(struct process *to, uint32_t type, const struct process *from);

// As the call process_family; *count: how many were reached.
struct family_act {
    uint32_t first; // process id: of whom the others are descendants
    uint32_t type;
    enum process_effect effect;
    int32_t code;
};
enum status page_signal_family(struct process *from, const struct family_act *act, uint32_t *count);

// For page_broadcast.c. Takes the pages into the load. As the call.
enum status page_load_fill(const struct page_sending *sending, struct page_load *load);
// Puts the sender's gone pages back where the status wants it, or leaves them gone for good.
void page_load_settle(struct process *process, struct page_load *load, uint32_t flags, enum status status);
// The handler to send to, with a reference. NOT_FOUND, DENIED.
enum status page_sending_handler(const struct page_sending *sending, enum gate_kind gate,
                                 struct page_handler **handler);
// A transfer to the handler, whose reference it takes in any case; with the parcel's load, or an empty one of its own.
// NO_MEMORY, LIMIT_REACHED.
enum status page_transfer_create(const struct page_sending *sending, struct page_handler *handler,
                                 struct page_parcel *parcel, struct page_transfer **transfer);
// Queues it. PEER_DIED.
enum status page_transfer_post(struct page_transfer *transfer);
// Waits for its end. INTERRUPTED where an upcall broke the wait off, and then it was not begun.
enum status page_transfer_wait(struct page_transfer *transfer, uint64_t deadline);
void page_parcel_release(struct page_parcel *parcel);
void page_transfer_free(struct page_transfer *transfer); // its last reference is gone
static inline void page_transfer_release(struct page_transfer *transfer) {
    if (__atomic_sub_fetch(&transfer->references, 1, __ATOMIC_ACQ_REL) == 0)
        page_transfer_free(transfer);
}

// Ends it. The box's lock is held. `hand_over`: the caller is about to wait, so the sender runs next; else it is woken.
void page_transfer_end_locked(struct page_transfer *transfer, enum status status, bool hand_over);

// ---- upcalls (upcall.c, page_arrival.c) ----

// UPCALL_... as the calls say.
enum status upcall_set(uint64_t entry, uint64_t stack);
enum status upcall_mask_set(uint64_t mask, uint64_t *before);
enum status upcall_wait(uint64_t mask, uint32_t flags, uint64_t deadline);
enum status upcall_return(uint64_t answer, uint32_t flags);
uint64_t upcall_pending(struct page_box *box);

// Has threads look that can take what is pending. The box's lock is held.
void upcall_kick_locked(struct page_box *box, uint64_t bit);

// What the thread's next upcall is: takes it; false: there is none. The upcall's thread, without lock.
struct upcall_entry;
bool page_arrival_take(struct upcall *upcall, struct upcall_entry *entry);

// Whether there is one. The box's lock is held.
bool page_arrival_is_there(const struct upcall *upcall);

// Ends the thread's upcall; `status` OK: as the program answered.
void page_arrival_answer(struct upcall *upcall, uint64_t answer, enum status status);
