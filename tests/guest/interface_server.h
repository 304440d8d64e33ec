// A server of interfaces for tests: a role of a child, and what its page looks like.
#pragma once

#include "tests/guest/guest.h"

enum { TRIAL_ID = 0x2a00, TRIAL_CLIENTS = 40, TRIAL_WORDS = 13 };

enum trial_operation {
    TRIAL_INVERT = 1, // replies with every byte of `words` inverted
    TRIAL_ADD = 2,    // the server calls the routine, too, words[0] times
    TRIAL_SUM = 3,    // the sum of the first `length` words; TRIAL_REFUSED where there are not so many
    TRIAL_HANG = 4,   // never answers: this client's thread of the server sleeps
};

enum { TRIAL_REFUSED = UINT32_MAX };

struct trial_request {
    uint32_t operation;
    uint32_t length;
    uint32_t words[14];
};

_Static_assert(sizeof(struct trial_request) == EXCHANGE_SIZE, "a request fills an exchange");

struct trial_page {
    struct interface_page head;
    uint32_t taken;    // requests that the server took
    uint64_t text;     // pointer, good in the client, to `letters`
    uint64_t add;      // pointer, good in the client, to uint64_t (*)(uint64_t *count, uint64_t amount); 0: none
    uint64_t count;    // changed by the routine
    uint64_t own_page; // where the server has the page
    struct exchange exchange;
    char letters[16];
};

// Starts the server and waits until it has registered this version of TRIAL_ID.
struct spawned trial_start(const char *version);

// Opens TRIAL_ID, and expects that it works.
struct trial_page *trial_open(uint32_t flags);
