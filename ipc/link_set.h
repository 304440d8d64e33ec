// Link sets: all links of a process, or all that are one thread's own, polled together. Source: seeds/003, "PollAll()".
//
// A set has a listing for each link: a watch on the end, which puts the listing at the end of the set's ready list when the end is
// signalled. A poll takes listings from the front and watches their ends again, so that it looks at what is ready alone, and those that
// are signalled all the time come round robin (R-C2). A process's set is made when it first polls; from then on ends made or
// connected are listed at once, and those whose numbers came otherwise (in a message, at the start) are found by a walk through the
// number table when it says that some came. A listing goes with the last number of its end, or where a poll finds that its number was closed.
//
// Rules: no lock may be held. One thread at a time polls a set. Letter [s]: the set's lock, taken under a link's.
#pragma once

#include <bsd/sys/tree.h>

#include "ipc/link.h"
#include "ipc/link_point.h"

struct link_listing {
    struct object_watch watch;          // [p] of the end
    RB_ENTRY(link_listing) in_set;      // [s]
    TAILQ_ENTRY(link_listing) in_ready; // [s]
    struct link_set *set;               // [I]
    struct link_end *end;               // [I] a reference
    int32_t number;                     // [I]
    bool is_ready;                      // [s]
    bool is_set_up;                     // [s] it is watched, and whoever listed it is done with it
};

RB_HEAD(link_listing_tree, link_listing);
TAILQ_HEAD(link_listing_list, link_listing);

struct link_set {
    struct object object;
    struct process *process;           // [I] not a reference: the set ends with it, or with a thread of it
    const struct thread *thread;       // [I] whose links they are; null: the process's
    struct link_listing_tree listings; // [s] by number
    struct link_listing_list ready;    // [s]
    uint32_t ready_count;              // [s]
    uint32_t seen;                     // [a] the number table's `gathered` when all that had come was listed; of a
                                       // thread's: how many could not be listed
    struct link_point *point;          // [s], and [a] to look at: where the thread that polls waits; null: none does
};

extern const struct object_type link_set_type;

// Makes the calling thread's set where it has none. LIMIT_REACHED, NO_MEMORY.
enum status link_set_of_thread_make(void);

// The caller has got a new number for an end: lists it where its set is there already. `gathered` is what the number table said before.
void link_set_note(int32_t number, struct link_end *end, uint32_t gathered);

// Whether a thread polls all links of the process.
static inline bool link_set_is_polled(const struct process *process) {
    const struct link_set *set = __atomic_load_n(&process->attachments[ATTACHMENT_LINKS], __ATOMIC_ACQUIRE);
    return __builtin_expect(set != 0, 0) && __atomic_load_n(&set->point, __ATOMIC_RELAXED) != 0;
}

// The end is closed: takes its listing out of its set, unless a thread that polls it has to (it finds the end closed). The pair's lock
// is held; link_listing_free follows without it.
struct link_listing *link_listing_take_locked(struct link_end *end);
void link_listing_free(struct link_listing *listing);

// Waits for links that are ready; tells at most `capacity` and says how many. BUSY, LIMIT_REACHED and NO_MEMORY (for making sets and
// listings), WOULD_WAIT, TIMED_OUT, INTERRUPTED.
enum status link_set_poll(uint32_t flags, uint64_t deadline, struct link_ready *ready, uint32_t capacity,
                          uint32_t *found);
