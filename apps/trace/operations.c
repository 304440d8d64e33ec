// What an operation in the trace is: the list in kernel/abi/trace.h as a table.
#include "apps/trace/operations.h"

#include <parley/status.h>

struct operation {
    const char *design, *words;
    enum trace_direction direction;
    uint32_t copies;
};

static const struct operation operations[TRACE_OPERATION_COUNT] = {[TRACE_NONE] = {"?", "?", TRACE_DIRECTION_OUT, 0},
#define OPERATION_ENTRY(name, design, words, direction, copies)                                                        \
    [TRACE_##name] = {design, words, TRACE_DIRECTION_##direction, copies},
                                                                   TRACE_OPERATION_LIST(OPERATION_ENTRY)
#undef OPERATION_ENTRY
};

static const struct operation *operation_of(uint32_t operation) {
    return &operations[operation < TRACE_OPERATION_COUNT ? operation : TRACE_NONE];
}

const char *operation_design(uint32_t operation) {
    return operation_of(operation)->design;
}

const char *operation_words(uint32_t operation) {
    return operation_of(operation)->words;
}

bool operation_tells_name(uint32_t operation) {
    return operation_of(operation)->direction == TRACE_DIRECTION_NAMED;
}

bool operation_is_sending(uint32_t operation) {
    return operation_of(operation)->direction == TRACE_DIRECTION_OUT;
}

uint64_t operation_bytes_copied(const struct trace_record *record) {
    return record->status == STATUS_OK ? record->size * operation_of(record->operation)->copies : 0;
}
