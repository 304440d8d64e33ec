// Ports: messages of one fixed size, sent or called with; a call blocks until the reply that bears its id. Source: seeds/004.
//
// A port has two sides, each an object of its own: the port (receive, reply) and its entry (send, call). Both numbers can travel by
// spawn, message and call. A port is of an object (whoever was given a number of its entry uses it), or of a process or a thread:
// then others find it by port_open.
//
// A message is as long as its port says, always. What is sent waits in the port's queue, which grows as it is needed up to its
// capacity and is charged to its sender (ACCOUNT_PORT_MESSAGES). A call waits with its caller: it needs no room, and neither does its
// reply. An id is the port's own, never used twice there, and answered once, by whoever may receive from the port. A caller
// that gives up (deadline, end) is told to the receiver by a message of kind PORT_CANCELLED with the id of its call; its reply is
// late then: NOT_FOUND, and counted.
//
// A page can go with a message, a call or a reply, in place of a number: moved, duplicated or shared, as its flags say. It comes to
// the receiver's window for such pages (port_window), and to the caller's with a reply; who has none gets none: a port takes pages
// once its receiver said so, and a caller once it has a window. The page goes with its message or not at all: it is back at its
// sender with every error, but where its receiver had taken it; a call whose caller gives up in just that moment comes without
// its page, and its cancellation next. It is charged to the sender until it is received, and counts as an
// object of its. A received page is freed by page_free.
#pragma once

#include "kernel/abi/types.h"

enum {
    PORT_MESSAGE_MIN = 16, // bytes of one message; a multiple of PORT_MESSAGE_STEP
    PORT_MESSAGE_MAX = 512,
    PORT_MESSAGE_STEP = 8,
    PORT_CAPACITY_DEFAULT = 1024, // messages that were sent and not received; a limit per sender lies below (accounts)
    PORT_CAPACITY_MAX = 4096,
};

enum port_scope {
    PORT_OF_OBJECT = 0,  // reached by numbers alone
    PORT_OF_PROCESS = 1, // the process's one port, found by its id
    PORT_OF_THREAD = 2,  // the calling thread's one port, found by the thread's object id; it closes with the thread
};

struct port_create {
    uint32_t message_size; // bytes
    uint32_t capacity;     // messages; 0: PORT_CAPACITY_DEFAULT
    uint32_t scope;        // enum port_scope
    int32_t entry;         // out: the number of the entry
};

// A number that travels with a message, one of either side. Where it goes: the sender's, which needs RIGHT_SEND and which it keeps,
// and what the receiver gets of its rights. Where it comes: the receiver's, NUMBER_NONE: none came. PORT_CARGO_PAGE: a page,
// of which `rights` says where in the receiver's window it is, and how (PORT_PAGE_PLACE, PORT_PAGE_FLAGS).
struct port_cargo {
    int32_t number;
    uint32_t rights;
};

enum { PORT_CARGO_PAGE = INT32_MIN }; // no number is this

// A page that is to travel: given where a struct port_cargo is. After a call that failed, `cargo.number` says whether the page
// is back (PORT_CARGO_PAGE) or the receiver's (NUMBER_NONE).
struct port_page_cargo {
    struct port_cargo
        cargo;        // PORT_CARGO_PAGE; `rights`: PAGE_SENDER_KEEPS, PAGE_RECEIVER_WRITES, PAGE_DUPLICATE (page.h)
    uint64_t address; // of the page
};

#define PORT_PAGE_PLACE(rights) ((rights)&0xfff) // pages from the window's start
#define PORT_PAGE_FLAGS(rights) ((rights) >> 12) // as it was sent, and PAGE_IMMUTABLE: nobody else can change it

enum port_kind {
    PORT_SENT = 1,      // nobody waits for an answer
    PORT_CALLED = 2,    // the caller waits for the reply to this id
    PORT_CANCELLED = 3, // the caller of this id has given up; the buffer was left as it was
};

// What the receiver learns; written by the kernel.
struct port_information {
    uint64_t id;
    uint32_t process; // of the sender
    uint32_t user;    // its user id
    uint32_t kind;    // enum port_kind
    uint32_t waiting; // messages and calls that wait behind this one
    struct port_cargo cargo;
};

_Static_assert(sizeof(struct port_information) == 32, "copied out as four words");
