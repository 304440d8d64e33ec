// What the tests of killing share: rows for each way to wait and each transfer, and the page by which two children and the test agree.
//
// Every row has two children: the one that waits (or gives), and its peer (or the one that takes). The test kills either, and the other one
// says whether it was told and has all that is its own. What a row's functions return is looked at by the role that calls them.
#pragma once

#include "tests/guest/guest.h"

// Shared by the test and its two children; written by the test, but `prepared` and `transfers`.
struct killing_control {
    uint32_t first;     // process id of the one that waits, or gives
    uint32_t prepared;  // the peer is where the row wants it
    uint32_t killed;    // the other one is dead
    uint32_t transfers; // that were made
    uint32_t word;      // of the row's own
};

extern struct killing_control *killing_control;

// A child's part of a row begins with this; false: it was not given its page.
bool killing_control_map(void);

static inline uint32_t killing_read(const uint32_t *word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void killing_write(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static inline bool killing_is_over(void) {
    return killing_read(&killing_control->killed) != 0;
}

// Waits until a word of the page is set; false: it never was.
bool killing_await(const uint32_t *word);

// The number that the row made for this child.
static inline int32_t killing_number(void) {
    return guest_granted("number");
}

static inline void killing_count_transfer(void) {
    __atomic_add_fetch(&killing_control->transfers, 1, __ATOMIC_RELEASE);
}

// Who takes is ready for who gives, which waits for that.
static inline void killing_ready(void) {
    killing_write(&killing_control->prepared, 1);
}

// A page, or a block of bytes, that can be known again: all its words follow from `mark`, which is the first.
void killing_fill(void *bytes, size_t size, uint64_t mark);
bool killing_is_whole(const void *bytes, size_t size, uint64_t mark);
bool killing_is_marked(const void *bytes, size_t size); // with whatever mark

// A second thread's handle, of a role that has one beside its first.
bool killing_thread(void *(*entry)(void *), void *argument);

// ---- rows of waits (test_killing.c) ----

enum { WAITS_ON = 1 }; // in place of a status: its peer's death does not end the wait

struct killed_wait {
    enum wait_reason reason;
    int said;                           // enum status of `wait` when the peer is killed, or WAITS_ON
    bool faults;                        // the peer's death ends who waits by a fault
    bool needs_processors;              // the wait is as short as a copy: there is none where one CPU is
    const char *name;                   // for people
    void (*make)(int32_t *, int32_t *); // the numbers that the two get, the one that waits first; may be null
    void (*beside)(uint32_t peer);      // what the test itself does before; may be null
    enum status (*wait)(uint32_t peer); // in the one that waits
    bool (*prepare)(uint32_t waiter);   // in the peer, while the other one begins to wait; may be null
    bool (*told)(uint32_t waiter);      // in the peer, when the other one is dead
};

#define KILLED_WAIT(word)                                                                                              \
    __attribute__((used, retain, section("killed_waits"))) static const struct killed_wait killed_wait_##word

extern const struct killed_wait __start_killed_waits[], __stop_killed_waits[];

// ---- rows of transfers (test_killing_midst.c) ----

struct killed_transfer {
    const char *name;
    void (*make)(int32_t *, int32_t *); // as above
    bool (*give)(
        uint32_t taker); // each goes on until it is killed or told that the other was: false: something was wrong
    bool (*take)(uint32_t giver);
    bool (*rest)(void); // in the test, of what `make` made, when both are gone; may be null
};

#define KILLED_TRANSFER(word)                                                                                          \
    __attribute__((used, retain,                                                                                       \
                   section("killed_transfers"))) static const struct killed_transfer killed_transfer_##word

extern const struct killed_transfer __start_killed_transfers[], __stop_killed_transfers[];

uint32_t killing_transfer_count(void);

// Kills the one that gives, or that takes, so many transfers and nanoseconds after the begin (killing_midst.c).
void killing_run(size_t row, bool giver_dies, uint32_t transfers, uint64_t moment);

// What the machine and this program have of everything that can be counted.
struct killing_figures {
    struct guest_figures own;
    uint32_t objects;
};

struct killing_figures killing_figures(void);

// Waits until they are those of before; null: they are.
const char *killing_figures_changed(const struct killing_figures *before);

// Makes the page and both children's numbers, starts a child in a role with a row's index and another's process id, and ends the lot.
void killing_begin(void (*make)(int32_t *, int32_t *), int32_t *of_first, int32_t *of_other);
struct spawned killing_start(const char *role, size_t row, uint32_t other, int32_t number);
void killing_end(void);
