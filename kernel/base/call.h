// The kernel's side of the system-call list: a prototype per call, and how a result is made.
//
// Rules: a call function runs on the calling thread, interrupts off, no lock held. It validates, copies what user memory it
// needs once, and answers by struct result; `value` is 0 unless it succeeded.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"
#include "kernel/memory/user.h"

static inline struct result result_status(enum status status) {
    return (struct result){.status = status};
}

static inline struct result result_ok(uint64_t value) {
    return (struct result){.status = STATUS_OK, .value = value};
}

// The value counts only where the status is a success.
static inline struct result result_make(enum status status, uint64_t value) {
    return (struct result){.status = status, .value = status < 0 ? 0 : value};
}

#define ADDRESS(type) struct user_address
#define CALL(code, name, value, parameters) struct result call_##name parameters;
#include "kernel/abi/calls.h"
#undef CALL

#define CALL(code, name, value, parameters) CALL_##name = code,
enum call_code {
#include "kernel/abi/calls.h"
    CALL_LIMIT = 192, // above the highest code, with room
};
#undef CALL
#undef ADDRESS

typedef struct result call_function(void);

// What the system-call entry jumps through: every code below CALL_LIMIT has a function (call_unknown in the gaps).
extern call_function *const call_table[CALL_LIMIT];

// For instruments: null in the gaps.
const char *call_name(uint32_t code);
