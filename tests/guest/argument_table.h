// What each system call takes, parameter by parameter: from this the argument tests make every wrong call.
//
// A parameter has a good value (an entry of the fixture, filled in when the tests start) and a class, which says what is
// wrong for it and which status that must give. A call with all good values is a sound call.
#pragma once

#include "kernel/abi/object.h"
#include "kernel/abi/status.h"

// Good values. Those of a program's start are filled in by argument_fixture.c.
enum fixture {
    GOOD_ZERO,
    GOOD_ONE,
    GOOD_PIPE,         // number of a pool with bytes in it
    GOOD_MEMORY,       // number of shared memory of two pages
    GOOD_TIMER,        // number of a timer
    GOOD_TRACE,        // number of a trace
    GOOD_THREAD,       // number of a thread that waits
    GOOD_PROCESS,      // number of a child that has ended
    GOOD_LIVING,       // number of a child that waits
    GOOD_SELF,         // own process id
    GOOD_OBJECT_ID,    // id of an object that lives
    GOOD_BUFFER,       // address of a buffer of a page, with other pages around it
    GOOD_SMALL_SIZE,   // 16
    GOOD_PAGE,         // PAGE_SIZE
    GOOD_PAGE_ADDRESS, // address of a mapped page of the test's own
    GOOD_WRITE,        // PROTECTION_READ | PROTECTION_WRITE
    GOOD_THREAD_POINTER,
    GOOD_PRIORITY,
    GOOD_LIMIT, // of GOOD_LIVING's threads, as it is
    GOOD_THREADS_ITEM,
    GOOD_EVENT, // address of a user-defined EVENT
    GOOD_EVENT_GATE,
    GOOD_MESSAGE,     // id of a message that is pending
    GOOD_PIPE_PLAN,   // address of a sound struct pipe_create
    GOOD_SPAWN,       // address of a sound struct process_spawn
    GOOD_THREAD_PLAN, // address of a sound struct thread_create
    GOOD_POWER_OFF,
    GOOD_CLOSED_WATCH,     // WATCH_CLOSED
    GOOD_INTERVAL,         // 10,000
    GOOD_INTERFACE,        // address of a sound struct interface_register
    GOOD_INTERFACE_ID,     // of an interface of the test's own
    GOOD_INTERFACE_PAGES,  // address of pages of it, which the test requested
    GOOD_INTERFACE_CLIENT, // number of that client
    GOOD_PORT,             // number of the program's own port, with a message in it
    GOOD_ENTRY,            // number of its entry
    GOOD_PORT_PLAN,        // address of a sound struct port_create
    GOOD_PORT_ID,          // of the call that a reply answers: none is
    GOOD_LINK,             // number of a link with a signal pending, whose other end is open
    GOOD_LINK_PLAN,        // address of a sound struct link_create
    GOOD_LINK_LIST,        // address of a struct link_ready with that link's number
    GOOD_LISTENER,         // number of a listener with nothing in it
    GOOD_CONNECT,          // address of a struct link_connect that asks for it
    GOOD_TASK_POLL,        // LINK_POLL_TASK
    GOOD_PAGED,            // number of paged memory of two pages
    GOOD_PAGER_PLAN,       // address of a sound struct pager_create
    GOOD_HANDLED,          // a type of page that this program has a handler for
    GOOD_HANDLER,          // its number
    GOOD_UNHANDLED,        // a type that it has none for
    GOOD_FUNCTION,         // address of a function that an upcall can call
    GOOD_UPCALL_ENTRY,     // address where upcalls can begin
    GOOD_DEBUGGER,         // number of the debugger of GOOD_LIVING, which is halted in a call
    GOOD_DEBUGGED,         // object id of that one's thread
    GOOD_DEBUGGED_PLACE,   // address of memory of its program
    GOOD_RESUME,           // address of a sound struct debug_resume
    GOOD_COUNT,
};

enum parameter_class {
    PARAMETER_ANY,      // every value is good, or its wrong values stand in other tests
    PARAMETER_NUMBER,   // `kind`; `detail`: the right it needs
    PARAMETER_MISSING,  // a number of a `kind` that this program cannot have: only wrong ones are tried
    PARAMETER_OUT,      // the kernel writes `detail` bytes there
    PARAMETER_OUT_NULL, // the same, and null is good
    PARAMETER_IN,       // the kernel reads `detail` bytes there
    PARAMETER_IN_NULL,
    PARAMETER_WORD,  // the address of an aligned word (futex)
    PARAMETER_VALUE, // the wrong values stand in `wrong`
};

struct wrong_value {
    uint64_t value;
    enum status status;
};

enum { WRONG_VALUES_MAX = 5, PARAMETERS_MAX = 6, ARGUMENT_PORT_SIZE = 64 };

struct parameter {
    enum parameter_class class;
    enum fixture good;
    uint32_t detail;
    enum object_kind kind;
    struct wrong_value wrong[WRONG_VALUES_MAX]; // up to the first with status OK
};

enum after_call {
    NEVER_CALLED_WELL, // a sound call would end the program, or take what the tests need
    NOTHING_TO_UNDO,
    CLOSE_VALUE,   // the value is a number
    UNMAP_VALUE,   // the value is the address of a page
    TAKE_EVENT,    // an event to ourselves is pending
    SCRAP_VALUE,   // the value is a message id
    READ_PIPE,     // bytes were added to the pipe
    CLOSE_PLANNED, // the value is a number, and there is another in GOOD_PIPE_PLAN or GOOD_PORT_PLAN
    RELEASE_VALUE, // the value is the address of an interface's pages
    TAKE_SENT,     // a message more is in GOOD_PORT
    CLOSE_LINKED,  // the same in GOOD_LINK_PLAN
};

struct argument_entry {
    const char *name;
    uint32_t code;
    enum after_call after;
    uint32_t count;
    struct parameter parameters[PARAMETERS_MAX];
};

extern const struct argument_entry argument_table[];
extern const uint32_t argument_table_size;
