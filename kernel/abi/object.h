// What programs can know of the object table: kinds, rights, and how a table entry, a wait or an account is told.
#pragma once

#include "kernel/abi/types.h"

// OBJECT_KIND(NAME, "name")
#define OBJECT_KIND_LIST(KIND)                                                                                         \
    KIND(PROCESS, "process")                                                                                           \
    KIND(THREAD, "thread")                                                                                             \
    KIND(ACCOUNT, "account")                                                                                           \
    KIND(EVENT_QUEUE, "events")                                                                                        \
    KIND(MESSAGE_QUEUE, "messages")                                                                                    \
    KIND(PIPE_END, "pipe")                                                                                             \
    KIND(SHARED_MEMORY, "memory")                                                                                      \
    KIND(RANGE, "range")                                                                                               \
    KIND(INTERRUPT, "interrupt")                                                                                       \
    KIND(TIMER, "timer")                                                                                               \
    KIND(MACHINE, "machine")                                                                                           \
    KIND(OFFER, "offer")                                                                                               \
    KIND(TRACE, "trace")                                                                                               \
    KIND(INTERFACE, "interface")                                                                                       \
    KIND(INTERFACE_CLIENT, "interface client")                                                                         \
    KIND(INTERFACE_NAME, "interface name")                                                                             \
    KIND(PORT, "port")                                                                                                 \
    KIND(PORT_ENTRY, "port entry")                                                                                     \
    KIND(LINK, "link")                                                                                                 \
    KIND(LISTENER, "listener")                                                                                         \
    KIND(LINK_SET, "links")                                                                                            \
    KIND(PAGER, "pager")                                                                                               \
    KIND(PAGE_HANDLER, "handler")                                                                                      \
    KIND(PORT_PAGE, "port page")                                                                                       \
    KIND(DEBUGGER, "debugger")

enum object_kind {
    OBJECT_ANY = 0,
#define OBJECT_KIND_ENTRY(name, text) OBJECT_##name,
    OBJECT_KIND_LIST(OBJECT_KIND_ENTRY)
#undef OBJECT_KIND_ENTRY
        OBJECT_KIND_COUNT,
};

// Rights of a number. They only shrink when it is copied or sent. The low ones mean the same for every kind; those from
// bit 16 on are the kind's own.
enum right {
    RIGHT_READ = 1 << 0,
    RIGHT_WRITE = 1 << 1,
    RIGHT_EXECUTE = 1 << 2,   // memory: map executable
    RIGHT_COPY = 1 << 3,      // number_copy
    RIGHT_SEND = 1 << 4,      // let it travel: spawn, messages, offers
    RIGHT_WAIT = 1 << 5,      // wait for it, watch it
    RIGHT_MANAGE = 1 << 6,    // change what it is: limits, priority, sealing, acknowledging
    RIGHT_KILL = 1 << 7,      // process: end it
    RIGHT_DEBUG = 1 << 8,     // process: see and change its inside; machine: stop it for its debugger
    RIGHT_RANGE = 1 << 16,    // machine: mint ranges
    RIGHT_LINE = 1 << 17,     // machine: mint interrupts
    RIGHT_INPUT = 1 << 18,    // machine: send input events
    RIGHT_POWER = 1 << 19,    // machine: power off and reboot
    RIGHT_USER = 1 << 20,     // machine: start processes of other users
    RIGHT_LIMIT = 1 << 21,    // machine: give limits above one's own
    RIGHT_PRIORITY = 1 << 22, // machine: priorities above one's own
    RIGHT_PUBLISH = 1 << 23,  // machine: mint names of system interfaces
    RIGHT_SWAP = 1 << 24,     // machine: take pages out of programs
};
#define RIGHTS_ALL UINT32_MAX

// One entry of the table, as object_list tells it.
struct object_information {
    uint64_t id;
    uint32_t kind;       // enum object_kind
    uint32_t references; // numbers and uses
    uint32_t owner;      // process id that it is charged to, 0: the kernel
    uint32_t waiters;    // threads that wait for it
    uint64_t operations; // how often it was used
    char name[NAME_SIZE];
};

// What a number of the caller names (number_information).
struct number_information {
    uint64_t id;
    uint32_t kind;
    uint32_t rights;
};

// WAIT_REASON(NAME, "in words"): the few, named ways in which a thread waits.
#define WAIT_REASON_LIST(REASON)                                                                                       \
    REASON(EVENT, "for an event")                                                                                      \
    REASON(MESSAGE, "for a message")                                                                                   \
    REASON(MESSAGE_FROM, "for a message from one process")                                                             \
    REASON(REPLY, "for the reply to a message")                                                                        \
    REASON(MESSAGE_ROOM, "for room in a message queue")                                                                \
    REASON(PIPE_DATA, "for data in a pipe")                                                                            \
    REASON(PIPE_ROOM, "for room in a pipe")                                                                            \
    REASON(PIPE_TURN, "for its turn at a pipe")                                                                        \
    REASON(PROCESS_END, "for a process to end")                                                                        \
    REASON(THREAD_END, "for a thread to end")                                                                          \
    REASON(FUTEX, "for a word of memory to change")                                                                    \
    REASON(SLEEP, "for a time")                                                                                        \
    REASON(EVENT_ROOM, "for room in an event queue")                                                                   \
    REASON(PORT_MESSAGE, "for a message at a port")                                                                    \
    REASON(PORT_ROOM, "for room in a port")                                                                            \
    REASON(PORT_CALL, "for a port to take its call")                                                                   \
    REASON(PORT_REPLY, "for the reply to its port call")                                                               \
    REASON(LINK, "for a signal of a link")                                                                             \
    REASON(LINKS, "for a signal of one of its links")                                                                  \
    REASON(LISTENER, "for a server to offer a link")                                                                   \
    REASON(PORT_MADE, "for a process to make its port")                                                                \
    REASON(PAGE, "for a page from the memory daemon")                                                                  \
    REASON(PAGE_ANSWER, "for the answer of a page handler")                                                            \
    REASON(PAGE_HANDLER, "for a page handler to be over")                                                              \
    REASON(UPCALL, "for an upcall")                                                                                    \
    REASON(DEBUGGER_FILE, "for files that GDB wants")                                                                  \
    REASON(DEBUGGER, "for its debugger to let it go on")                                                               \
    REASON(STOPPED, "for somebody to let it go on, as it is stopped")

enum wait_reason {
    WAIT_NOT = 0,
#define WAIT_REASON_ENTRY(name, text) WAIT_##name,
    WAIT_REASON_LIST(WAIT_REASON_ENTRY)
#undef WAIT_REASON_ENTRY
        WAIT_REASON_COUNT,
};

enum { WAIT_WAKERS_MAX = 8 };

// One wait record, as wait_list tells it: which thread waits for what, since when, until when, and who could end it.
struct wait_information {
    uint64_t thread;                  // object id
    uint64_t object;                  // object id, 0 for a time or a futex of private memory
    uint64_t since;                   // monotonic nanoseconds
    uint64_t deadline;                // DEADLINE_NEVER: none
    uint32_t process;                 // process id of the thread
    uint32_t reason;                  // enum wait_reason
    uint32_t kind;                    // of the object
    uint32_t waker_count;             // processes that could end the wait; more than WAIT_WAKERS_MAX: not all listed
    uint32_t wakers[WAIT_WAKERS_MAX]; // process ids
    char process_name[NAME_SIZE];
    char object_name[NAME_SIZE];
};

// ACCOUNT_ITEM(NAME, "name", default limit, whether every ancestor's account is charged too)
#define ACCOUNT_ITEM_LIST(ITEM)                                                                                        \
    ITEM(MEMORY_PAGES, "memory pages", UINT64_MAX, 1)                                                                  \
    ITEM(PROCESSES, "processes", 256, 1)                                                                               \
    ITEM(THREADS, "threads", 1024, 1)                                                                                  \
    ITEM(OBJECTS, "objects", 32768, 0)                                                                                 \
    ITEM(NUMBERS, "numbers", NUMBER_INDEX_MAX, 0)                                                                      \
    ITEM(MESSAGES, "messages sent, not received", 512, 0)                                                              \
    ITEM(MESSAGE_BYTES, "bytes of these", 16 << 20, 0)                                                                 \
    ITEM(EVENTS, "events sent, not received", 512, 0)                                                                  \
    ITEM(PIPES_UNREAD, "pipes and offers not yet taken", 64, 0)                                                        \
    ITEM(INTERFACES, "interfaces made and in use", 64, 0)                                                              \
    ITEM(PORT_MESSAGES, "port messages sent, not received", 256, 0)

enum account_item {
#define ACCOUNT_ITEM_ENTRY(name, text, limit, tree) ACCOUNT_##name,
    ACCOUNT_ITEM_LIST(ACCOUNT_ITEM_ENTRY)
#undef ACCOUNT_ITEM_ENTRY
        ACCOUNT_ITEM_COUNT,
};

struct account_line {
    uint64_t used;
    uint64_t limit;
    uint64_t peak;
    uint64_t refused; // how often the limit was hit
};

struct account_information {
    uint32_t process;
    uint32_t parent;
    char name[NAME_SIZE];
    struct account_line items[ACCOUNT_ITEM_COUNT];
};
