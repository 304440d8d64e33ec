// The random-call test: its parts and what they share.
//
// The supervisor (fuzz.c) runs steps. In each it starts workers (fuzz_worker.c), which make random system calls with
// arguments drawn by fuzz_draw.c, in a mixture of sound, nearly sound and senseless ones, until the step's calls are made.
// Threads beside the worker (fuzz_peer.c) answer it. A worker may end itself, fault, or wait for ever: then it is replaced. After each step all workers are gone, and all
// figures must be those of before. All the while a witness (fuzz_witness.c) answers pings, and nobody may disturb it.
// Rules: everything is drawn from the seed, so a run under the instruction counter repeats exactly.
#pragma once

#include "tests/guest/guest.h"

#include "kernel/abi/debug.h"

enum { FUZZ_WORKERS = 3, FUZZ_CODES = 192 };

// In memory that the supervisor and one worker share. The worker counts; what it writes there is not trusted.
struct fuzz_progress {
    uint64_t calls;    // made, the running one included
    uint64_t found;    // 0, or the kernel's word that was found where a program can read
    uint32_t code;     // of the running call
    uint32_t found_by; // the call after which it was found
    uint32_t started;  // how many workers had this place in the step
    uint32_t reserved;
    uint64_t digest;                // of all calls and their statuses: the same where a run repeats exactly
    uint32_t succeeded[FUZZ_CODES]; // how often each call did
};

// xorshift: small, and the same everywhere.
struct fuzz_random {
    uint64_t state;
};

static inline uint64_t fuzz_next(struct fuzz_random *random) {
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return random->state;
}

static inline uint32_t fuzz_below(struct fuzz_random *random, uint32_t bound) {
    return (uint32_t)((fuzz_next(random) >> 16) % bound);
}

// The worker's peers (fuzz_peer.c): threads beside it that answer calls to `entry`, call who receives from `port`, and wake who
// waits for `fuzz_peer_word`, which is always 0.
struct fuzz_peers {
    int32_t entry, port;
};
extern uint32_t fuzz_peer_word;
bool fuzz_peers_start(struct fuzz_peers *peers);

// What a worker knows when it draws arguments.
enum { FUZZ_NUMBERS_MAX = 64, FUZZ_PLACES_MAX = 16, FUZZ_ARENA_PAGES = 8, FUZZ_FIRST_NUMBERS = 20 };

enum { FUZZ_PAGE_TYPE = 100, FUZZ_WINDOW_PAGES = 4 }; // of the pages that it handles

struct fuzz_state {
    struct fuzz_random random;
    uint64_t window;                   // where these pages come
    int32_t numbers[FUZZ_NUMBERS_MAX]; // that calls gave it, with those it started with; 0: free
    uint32_t kinds[FUZZ_NUMBERS_MAX];  // of their objects, when they came
    uint64_t places[FUZZ_PLACES_MAX];  // addresses that calls gave it
    uint32_t ids[FUZZ_PLACES_MAX];     // of messages, offers
    uint32_t processes[4];             // that it may approach: itself, its siblings, and last the witness
    struct fuzz_peers peers;
    uint64_t port_id;                 // of the last message or call that came by port
    int32_t paged;                    // memory that it pages
    uint64_t debugged;                // a thread of a process that it debugs
    struct debug_registers registers; // of such a thread
    uint8_t *in;                      // arena whose bytes calls read: text without any kernel-looking word
    uint8_t *out;                     // arena whose bytes calls write alone
    uint8_t *plans;                   // arena of structures made for calls
};

struct fuzz_call {
    uint32_t code;
    uint64_t words[6];
};

// What upcalls and threads of workers run: they end at once, and need no stack.
extern const char fuzz_thread_body[] __attribute__((visibility("hidden")));
extern const char fuzz_upcall_body[] __attribute__((visibility("hidden")));

void fuzz_draw_call(struct fuzz_state *state, struct fuzz_call *call);

// Notes a number of the worker's own.
void fuzz_note_number(struct fuzz_state *state, uint32_t slot, int32_t number);

// Notes what a call gave: a number, an address, an id.
void fuzz_note_result(struct fuzz_state *state, const struct fuzz_call *call, uint64_t value);

const char *fuzz_call_name(uint32_t code);
