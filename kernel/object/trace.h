// The trace: the rings that operations of all designs are recorded in (kernel/abi/trace.h).
//
// A debugger that waits for operations (trace_asks) is asked here, too, before the operation is anybody else's to see; then trace_on
// counts as well.
//
// Rules: off, a call of trace() is two instructions: a compare and a branch that is not taken. On, it writes one record; it may be
// called with any lock held, and from an interrupt: it takes none, and never fails. A record is written by its own CPU alone.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/trace.h"
#include "kernel/object/object.h"

struct kept_operation;

extern uint32_t trace_on;   // [a] how many traces are open, and one more where a debugger waits
extern uint32_t trace_asks; // [a] whether one does

struct trace_note {
    enum trace_operation operation;
    enum status status;
    const struct object *object; // null: none
    uint32_t peer;
    bool by_kernel; // not the running thread's doing
    uint64_t id, cause, size;
};

// In registers, and keeping all of them: a place that is traced gets no longer way by it. `what`: see trace_write.
__attribute__((preserve_most, noinline, cold)) void
trace_record(uint64_t what, const struct object *object, uint32_t peer, uint64_t id, uint64_t cause, uint64_t size);

// OBJECT_MADE and what else tells a name.
__attribute__((noinline, cold)) void trace_record_name(enum trace_operation operation, const struct object *object,
                                                       uint32_t peer);

enum { TRACE_BY_KERNEL = 1 << 16 };

static inline __attribute__((always_inline)) void trace_write(struct trace_note note) {
    uint64_t what = (uint64_t)(uint32_t)note.status << 32 | (note.by_kernel ? TRACE_BY_KERNEL : 0) | note.operation;
    trace_record(what, note.object, note.peer, note.id, note.cause, note.size);
}

// Read as if nobody else wrote it, which becomes one compare with memory; an old value is as good.
static inline bool trace_is_on(void) {
    return __builtin_expect(trace_on != 0, 0);
}

// trace(.operation = TRACE_.., .object = .., ...): what is told is worked out only while a trace is open.
#define trace(...)                                                                                                     \
    do {                                                                                                               \
        if (trace_is_on())                                                                                             \
            trace_write((struct trace_note){__VA_ARGS__});                                                             \
    } while (0)

// What a debugger may do to an operation beside letting it go: what this one can bear.
enum trace_option {
    TRACE_MAY_DROP = 1 << 0,
    TRACE_MAY_HOLD = 1 << 1,
    TRACE_MAY_DUPLICATE = 1 << 2,
    TRACE_MAY_REORDER = 1 << 3, // others on the same object may come before it while it is held
};

enum trace_verdict { TRACE_GO, TRACE_DROP, TRACE_HOLD, TRACE_DUPLICATE };

// As trace(), for an operation that can be kept from taking effect. What is kept, or is to come once more, goes to debugger_keep.
__attribute__((noinline, cold)) enum trace_verdict trace_ask(const struct trace_note *note, uint32_t options);

// Hands over what is kept with references of its own to what it names.
void trace_keep(const struct kept_operation *kept);

// Both: asks, and keeps unless it goes.
__attribute__((noinline, cold)) enum trace_verdict trace_ask_or_keep(const struct trace_note *note, uint32_t options,
                                                                     const struct kept_operation *kept);

// Opens a trace: an object, for as long as it lives everything is recorded. The rings are made with the first one, and stay.
enum status trace_create(struct account *account, struct object **trace);

// Copies at most `capacity` records of one CPU from `*next` on, oldest first; says how many, and adds to `*lost` those that were
// overwritten. Their times are the counter's. Another CPU may write meanwhile.
size_t trace_copy(uint32_t processor, uint64_t *next, uint64_t *lost, struct trace_record *records, size_t capacity);

extern const struct object_type trace_type;
