// Rules for stopping at operations of communication, and these operations as sentences.
//
//   KIND [OPERATION] [from PROCESS] [to PROCESS] [object ID] [size >= N] [type N]
//
// KIND is a design of kernel/abi/trace.h (event, message, pipe, memory, interface, link, port, page), or any. Without an operation
// ("sent", "received") all of the design are meant that go from who does them to someone else. `type` is what the operation's id
// says: of an event its Type, of a page its type.
// Rules: pure; processes are found, and named, by functions of the caller's.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/trace.h"

struct writer;

enum { IPC_OPERATIONS_WORDS = (TRACE_OPERATION_COUNT + 63) / 64 };

struct ipc_rule {
    uint64_t operations[IPC_OPERATIONS_WORDS]; // a bit each
    uint32_t from, to;                         // process ids; 0: any
    uint64_t object;                           // id; 0: any
    uint64_t size_least;
    bool has_type;
    uint64_t type;
};

// What words mean: false: nothing that is known.
struct ipc_scope {
    void *context;
    bool (*process)(void *context, const char *word, uint32_t *id);
    bool (*value)(void *context, const char *word, uint64_t *value);
};

// Null: the rule is read. Else what is wrong.
const char *ipc_rule_read(const char *const *words, uint32_t count, const struct ipc_scope *scope,
                          struct ipc_rule *rule);

bool ipc_rule_fits(const struct ipc_rule *rule, const struct trace_record *record);

// In the words in which it can be typed.
void ipc_rule_write(struct writer *out, const struct ipc_rule *rule);

// "sh[6] sends message 12, 8 bytes, to init[1]".
void ipc_operation_write(struct writer *out, const struct trace_record *record,
                         const char *(*name_of)(uint32_t process));
