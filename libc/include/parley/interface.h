// Interfaces, both sides: pages that a server and a client share, and talking through them without the kernel.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/interface.h.
//
// A client opens an interface and closes it. A server registers it and, told by EVENT_INTERFACE, accepts each client, fills its
// pages and sets them ready; when told that a client is gone, or that it wants no more of it, it drops it.
//
// Rules: what the other side can write may change at any moment: copy it once (shared_copy) and use the copy. A server never
// follows a pointer or an offset that it finds in the pages without interface_offset_check; a client may check pointers that it
// was given with interface_holds. Locks whose holder may die do not belong into shared pages: use atomic operations.
#pragma once

#include "kernel/abi/interface.h"

#include <parley/calls.h>
#include <stdbool.h>
#include <string.h>

// ---- the client ----

// Requests an interface and waits until it is ready; says where it is. NOT_FOUND, PEER_FULL, DENIED, TIMED_OUT; PEER_DIED: the
// server went before; CORRUPT: the server set another id or too low a version. With an error nothing is held.
enum status interface_open(uint32_t id, uint32_t version, uint32_t flags, uint64_t deadline, void **pages);

// Waits until requested pages are ready. As interface_open; they stay requested.
enum status interface_await_ready(const void *pages, uint32_t id, uint64_t deadline);

// Lets go of the pages.
void interface_close(void *pages);

static inline uint32_t interface_word(const void *pages) {
    return __atomic_load_n(&((const struct interface_page *)pages)->ready, __ATOMIC_ACQUIRE);
}

// Whether the other side is gone.
static inline bool interface_is_dead(const void *pages) {
    return interface_word(pages) == INTERFACE_DEAD;
}

static inline uint32_t interface_version(const void *pages) {
    return interface_word(pages) >> 16;
}

// Whether `size` bytes at a pointer lie within pages of `total` bytes.
static inline bool interface_holds(const void *pages, uint64_t total, const void *pointer, uint64_t size) {
    uint64_t offset = (uint64_t)pointer - (uint64_t)pages;
    return offset <= total && size <= total - offset;
}

// ---- the server ----

// What a server registers.
struct interface_plan {
    uint32_t id, version;
    uint32_t data_size; // bytes
    uint32_t clients;   // at most at once
    const char *name;   // for people
    const char *grant;  // under which /etc/startup gives the right to a system id; null: none is needed
    int32_t code;       // from interface_make_code, or NUMBER_NONE
};

enum status interface_publish(const struct interface_plan *plan, int32_t *number);

// Makes code pages of position-independent routines that call nothing outside: copied, then sealed. Where the routine at `start`
// comes to lie: at the start of the code pages.
enum status interface_make_code(const void *start, const void *end, int32_t *number);

// One client of a server's.
struct interface_peer {
    int32_t number;
    uint8_t *pages; // in the server
    struct interface_client_information about;
};

// Maps the pages of a client that an INTERFACE_REQUESTED event names. With an error the client is turned away.
enum status interface_accept(int32_t number, struct interface_peer *peer);

// What a pointer into the pages is in the client: what a server puts into the structure.
static inline uint64_t interface_corrected(const struct interface_peer *peer, const void *own) {
    return peer->about.offset + ((uint64_t)own - (uint64_t)peer->pages);
}

// Where a routine that lies `offset` bytes into the code pages is in the client; 0 if it has no code.
static inline uint64_t interface_routine(const struct interface_peer *peer, uint64_t offset) {
    return peer->about.code_size != 0 ? peer->about.offset + peer->about.data_size + offset : 0;
}

// All is filled in: sets id and version, and wakes the client.
void interface_set_ready(const struct interface_peer *peer);

// Lets a client go: its pages become dead, if they are not, and are unmapped.
void interface_drop(struct interface_peer *peer);

// Whether `size` bytes at an offset that a client gave lie in the data pages.
static inline bool interface_offset_check(const struct interface_peer *peer, uint64_t offset, uint64_t size) {
    return offset <= peer->about.data_size && size <= peer->about.data_size - offset;
}

// ---- copying what may change ----

// Copies once: the compiler must not read the source again later.
static inline __attribute__((always_inline)) void shared_copy(void *to, const volatile void *from, size_t size) {
    __asm__ volatile("" ::: "memory");
    memcpy(to, (const void *)from, size);
    __asm__ volatile("" ::: "memory");
}

// ---- doorbells ----

// A word that counts rings, and whether somebody sleeps for the next. Zeros are a bell that was never rung. Ringing calls the
// kernel only where somebody sleeps; waiting arms the bell and sleeps unless it was rung meanwhile. The kernel knows by the
// pages which processes can ring (`waits` shows them), and ends the wait when the other side dies.
struct doorbell {
    uint32_t rung;
    uint32_t sleeps;
};

static inline uint32_t doorbell_read(const struct doorbell *bell) {
    return __atomic_load_n(&bell->rung, __ATOMIC_ACQUIRE);
}

void doorbell_wake(struct doorbell *bell);

// The count changes before it is looked who sleeps, and a sleeper says so before the kernel compares the count (R-I4).
static inline __attribute__((always_inline)) void doorbell_ring(struct doorbell *bell) {
    __atomic_add_fetch(&bell->rung, 1, __ATOMIC_SEQ_CST);
    if (__builtin_expect(__atomic_load_n(&bell->sleeps, __ATOMIC_SEQ_CST) != 0, 0))
        doorbell_wake(bell);
}

// Waits until the bell was rung since it was read as `seen`. OK, TIMED_OUT, WOULD_WAIT, PEER_DIED.
enum status doorbell_wait(struct doorbell *bell, uint32_t seen, uint64_t deadline);

// ---- exchanges: one request at a time, and its reply ----

enum { EXCHANGE_SIZE = 64 };

struct exchange {
    struct doorbell asked, answered;
    uint8_t request[EXCHANGE_SIZE];
    uint8_t reply[EXCHANGE_SIZE];
};

// The client asks; says as what to wait for the reply.
static inline __attribute__((always_inline)) uint32_t exchange_ask(struct exchange *exchange, const void *request) {
    uint32_t seen = doorbell_read(&exchange->answered);
    memcpy(exchange->request, request, EXCHANGE_SIZE);
    doorbell_ring(&exchange->asked);
    return seen;
}

// Takes the reply, if it is there.
static inline __attribute__((always_inline)) bool exchange_take_reply(struct exchange *exchange, uint32_t seen,
                                                                      void *reply) {
    if (doorbell_read(&exchange->answered) == seen)
        return false;
    shared_copy(reply, exchange->reply, EXCHANGE_SIZE);
    return true;
}

// The server takes a request, if there is one after those up to `*seen`. It is copied once (R-I2).
static inline __attribute__((always_inline)) bool exchange_take(struct exchange *exchange, uint32_t *seen,
                                                                void *request) {
    uint32_t asked = doorbell_read(&exchange->asked);
    if (asked == *seen)
        return false;
    *seen = asked;
    shared_copy(request, exchange->request, EXCHANGE_SIZE);
    return true;
}

static inline __attribute__((always_inline)) void exchange_answer(struct exchange *exchange, const void *reply) {
    memcpy(exchange->reply, reply, EXCHANGE_SIZE);
    doorbell_ring(&exchange->answered);
}

// Asks and waits for the reply. TIMED_OUT, PEER_DIED.
enum status exchange_call(struct exchange *exchange, const void *request, void *reply, uint64_t deadline);

// Waits for a request and takes it. TIMED_OUT, PEER_DIED.
enum status exchange_next(struct exchange *exchange, uint32_t *seen, void *request, uint64_t deadline);
