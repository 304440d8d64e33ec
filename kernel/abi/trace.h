// The trace: what every operation of every IPC design did, in the order in which it was done.
//
// While a program holds a trace open (trace_open), each CPU writes a record per operation into a ring of its own, TRACE_RECORDS
// long; the newest records overwrite the oldest. A reader brings its own position, learns how many records it was too late for,
// and may begin with what is still there from before. Whoever reads sees the records of all processes, as with object_list and
// wait_list; no byte of what was sent is among them.
#pragma once

#include "kernel/abi/types.h"

// TRACE_OPERATION(NAME, "design", "in words", DIRECTION, copies): what a record tells. The comment above says what `object`,
// `peer`, `id` and `size` are; DIRECTION is of enum trace_direction without its prefix; where it succeeded, `size` bytes were
// copied `copies` times from or to a program.
#define TRACE_OPERATION_LIST(OPERATION)                                                                                \
    /* the object; peer: its kind; name in place of id and size */                                                     \
    OPERATION(OBJECT_MADE, "object", "made", NAMED, 0)                                                                 \
    /* the object; peer: its kind; name */                                                                             \
    OPERATION(OBJECT_GONE, "object", "gone", NAMED, 0)                                                                 \
    /* the process's object; peer: its process id; name */                                                             \
    OPERATION(PROCESS_STARTED, "process", "started", NAMED, 0)                                                         \
    /* the process's object; peer: its process id; name */                                                             \
    OPERATION(PROCESS_ENDED, "process", "ended", NAMED, 0)                                                             \
    /* the queue; peer: receiver; id: Type; size: 20 */                                                                \
    OPERATION(EVENT_SENT, "event", "sent", OUT, 1)                                                                     \
    /* the queue; by the kernel; peer: receiver; id: Type */                                                           \
    OPERATION(EVENT_RAISED, "event", "raised", OUT, 0)                                                                 \
    /* the queue; peer: sender, 0: the kernel; id: Type */                                                             \
    OPERATION(EVENT_TAKEN, "event", "taken", IN, 1)                                                                    \
    /* the queue; peer: receiver; id: the message's */                                                                 \
    OPERATION(MESSAGE_SENT, "message", "sent", OUT, 1)                                                                 \
    /* as sent; cause: the message that it answers */                                                                  \
    OPERATION(MESSAGE_ANSWERED, "message", "answered", OUT, 1)                                                         \
    /* the queue; peer: sender; id: the message's */                                                                   \
    OPERATION(MESSAGE_RECEIVED, "message", "received", IN, 1)                                                          \
    /* the queue; peer: sender; id: the message's */                                                                   \
    OPERATION(MESSAGE_SCRAPPED, "message", "scrapped", IN, 0)                                                          \
    /* the end; peer: the other side; id: mode; size: capacity */                                                      \
    OPERATION(PIPE_MADE, "pipe", "made", OUT, 0)                                                                       \
    /* the end; size: bytes */                                                                                         \
    OPERATION(PIPE_WRITTEN, "pipe", "written", OUT, 1)                                                                 \
    /* the end; size: bytes */                                                                                         \
    OPERATION(PIPE_READ, "pipe", "read", IN, 1)                                                                        \
    /* the memory; peer: receiver; id: the offer's */                                                                  \
    OPERATION(MEMORY_OFFERED, "memory", "offered", OUT, 0)                                                             \
    /* the memory; peer: who offered; id: the offer's */                                                               \
    OPERATION(MEMORY_ACCEPTED, "memory", "accepted", IN, 0)                                                            \
    /* the memory; peer: who offered; id: the offer's */                                                               \
    OPERATION(MEMORY_REFUSED, "memory", "refused", IN, 0)                                                              \
    /* the memory; peer: the receiver; id: the offer's */                                                              \
    OPERATION(MEMORY_WITHDRAWN, "memory", "withdrawn", OUT, 0)                                                         \
    /* the memory, or none; id: address; size: the word */                                                             \
    OPERATION(FUTEX_WAITED, "memory", "waited", OUT, 0)                                                                \
    /* the memory, or none; id: address; size: how many */                                                             \
    OPERATION(FUTEX_WOKEN, "memory", "woken", OUT, 0)                                                                  \
    /* none; id: id | version << 16 */                                                                                 \
    OPERATION(INTERFACE_REGISTERED, "interface", "registered", OUT, 0)                                                 \
    /* the client's pages; peer: server; id: id | version << 16; size: of the pages */                                 \
    OPERATION(INTERFACE_REQUESTED, "interface", "requested", OUT, 0)                                                   \
    /* the pages; peer: the client */                                                                                  \
    OPERATION(INTERFACE_MAPPED, "interface", "mapped", OUT, 0)                                                         \
    /* the pages; peer: server */                                                                                      \
    OPERATION(INTERFACE_RUNG, "interface", "rung", OUT, 0)                                                             \
    /* the pages; peer: the side that is told */                                                                       \
    OPERATION(INTERFACE_DEAD, "interface", "dead", OUT, 0)                                                             \
    /* the first end; id: the other end's object */                                                                    \
    OPERATION(LINK_MADE, "link", "made", OUT, 0)                                                                       \
    /* the end; peer: the other side; id: signals given; size: 32 */                                                   \
    OPERATION(LINK_WRITTEN, "link", "written", OUT, 1)                                                                 \
    /* the end; peer: the other side; size: 32 */                                                                      \
    OPERATION(LINK_READ, "link", "read", IN, 1)                                                                        \
    /* the end; peer: the other side; id: signals taken */                                                             \
    OPERATION(LINK_POLLED, "link", "polled", IN, 0)                                                                    \
    /* the end; peer: the other side; size: 32; polled follows */                                                      \
    OPERATION(LINK_CALLED, "link", "called", OUT, 2)                                                                   \
    /* the listener; id: the end's object */                                                                           \
    OPERATION(LINK_OFFERED, "link", "offered", OUT, 0)                                                                 \
    /* the listener; peer: its process; id: the end's object */                                                        \
    OPERATION(LINK_CONNECTED, "link", "connected", OUT, 0)                                                             \
    /* the port; peer: its process; id: the message's */                                                               \
    OPERATION(PORT_SENT, "port", "sent", OUT, 1)                                                                       \
    /* the port; peer: its process; id: the call's */                                                                  \
    OPERATION(PORT_CALLED, "port", "called", OUT, 1)                                                                   \
    /* the port; peer: sender; id: the message's or call's */                                                          \
    OPERATION(PORT_RECEIVED, "port", "received", IN, 1)                                                                \
    /* the port; peer: caller, where it still waits; id and cause: the call's */                                       \
    OPERATION(PORT_ANSWERED, "port", "answered", OUT, 1)                                                               \
    /* the port; by the caller, who gave up; id: the call's */                                                         \
    OPERATION(PORT_CANCELLED, "port", "cancelled", OUT, 0)                                                             \
    /* none; peer: receiver, 0: a broadcast; id: the type; size: in bytes; when answered */                            \
    OPERATION(PAGE_SENT, "page", "sent", OUT, 0)                                                                       \
    /* the handler; id: the type; status: whether its function accepted */                                             \
    OPERATION(PAGE_TAKEN, "page", "taken", IN, 0)                                                                      \
    /* all as the operation that it was done to, but for the size: the kernel's debugger kept it from taking effect */ \
    OPERATION(DEBUG_DROPPED, "debugger", "dropped", OUT, 0)                                                            \
    /* put by, to take effect later */                                                                                 \
    OPERATION(DEBUG_HELD, "debugger", "held", OUT, 0)                                                                  \
    /* it takes effect now */                                                                                          \
    OPERATION(DEBUG_RELEASED, "debugger", "released", OUT, 0)                                                          \
    /* it takes effect, and will once more */                                                                          \
    OPERATION(DEBUG_DUPLICATED, "debugger", "duplicated", OUT, 0)                                                      \
    /* the port; id: of the message, call or reply that a page goes with; size: of the page */                         \
    OPERATION(PORT_PAGE_GIVEN, "port", "gave a page", OUT, 0)                                                          \
    /* the page; peer: sender; id: of what it came with */                                                             \
    OPERATION(PORT_PAGE_TAKEN, "port", "took a page", IN, 0)                                                           \
    /* the pager; peer: the daemon, where known; id: the page, counted from 0 */                                       \
    OPERATION(PAGER_ASKED, "pager", "asked", OUT, 0)                                                                   \
    /* the pager; by the daemon; id and cause: the page; status: not OK where it refused the page */                   \
    OPERATION(PAGER_ANSWERED, "pager", "answered", OUT, 0)                                                             \
    /* the pager; by who waited in vain; id and cause: the page; status: why */                                        \
    OPERATION(PAGER_LATE, "pager", "too late", IN, 0)

enum trace_direction {
    TRACE_DIRECTION_NAMED, // the life of an object or a process: `name` in place of id, cause and size
    TRACE_DIRECTION_OUT,   // from who did it, to `peer`
    TRACE_DIRECTION_IN,    // to who did it, from `peer`
};

enum trace_operation {
    TRACE_NONE = 0,
#define TRACE_OPERATION_ENTRY(name, design, text, direction, copies) TRACE_##name,
    TRACE_OPERATION_LIST(TRACE_OPERATION_ENTRY)
#undef TRACE_OPERATION_ENTRY
        TRACE_OPERATION_COUNT,
};

enum { TRACE_RECORDS = 8192, TRACE_PROCESSORS = 8 };

struct trace_record {
    uint64_t time;      // monotonic nanoseconds
    uint64_t object;    // id of the object that it was done to, 0: none
    uint64_t thread;    // id of the thread that did it
    uint32_t process;   // process id of that thread; 0: the kernel
    uint32_t peer;      // process id of the other side, 0: none or unknown
    uint16_t operation; // enum trace_operation
    uint16_t processor; // the CPU's index
    int32_t status;     // enum status: how it went
    union {
        struct {
            uint64_t id;    // of what was sent: the chain of a message's life has one id
            uint64_t cause; // the id that it answers, 0: none
            uint64_t size;  // in bytes
        };
        char name[NAME_SIZE]; // of an object or a process
    };
};

_Static_assert(sizeof(struct trace_record) == 64, "a record is one cache line");

// Where a reader is: zeroes begin with the oldest record that is still there.
struct trace_position {
    uint64_t next[TRACE_PROCESSORS]; // per CPU, records read or lost so far
    uint64_t lost;                   // of all CPUs: records overwritten before they were read
};
