// Where a debugger attaches to the kernel. Each function has an empty default (debugger.c): a kernel that is linked without
// debug/ has none, and nothing else differs.
//
// Rules: called with interrupts off and with whatever locks the caller holds; a debugger takes no lock and allocates nothing.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/status.h"
#include "kernel/memory/user.h"

struct debugger_file_request;
struct lock;
struct object;
struct trace_record;
struct trap_frame;

// At boot: the command line is known, exceptions have stacks. And: interrupts can be routed.
void debugger_start(void);
void debugger_start_devices(void);

// An exception that is no page fault, or a non-maskable interrupt. True: it was the debugger's, go on with the frame.
bool debugger_trap(struct trap_frame *frame);

// A program's exception, before its handler runs or it is ended. True: it goes on with the frame as it is now.
bool debugger_fault(struct trap_frame *frame);

// Stops the machine here for whoever debugs it. False: nobody can.
bool debugger_enter(void);

// A mistake of the kernel's begins to be told. False: no debugger holds the machine, the caller stops the other CPUs itself.
// Does not return at all where the mistake was made on the debugger's own way (a `describe` that fell over).
bool debugger_panic_begins(void);

// The mistake is told. Returns when the debugger lets the machine go, or at once where nobody looks.
void debugger_panic_told(void);

// A lock is held by someone else. True: the caller is the debugger, which goes on as if it had it: nobody else runs.
bool debugger_borrows_lock(struct lock *lock);

// An operation of an IPC design is about to take effect. May stop the machine; says what is to become of it (enum trace_verdict), which
// is GO where it is not among the options (enum trace_option).
uint32_t debugger_ask(const struct trace_record *record, uint32_t options);

// What the verdict kept, or wants once more.
struct kept_operation {
    // Lets it take effect, or drops it; takes over what it is made of, and the reference. Called without a lock, interrupts off.
    void (*finish)(struct kept_operation *kept, bool drop);
    struct object *object; // that it is done to, a reference
    struct object *sender; // likewise, or null
    void *what;            // finish's
    uint32_t words[9];     // finish's
};

// Takes it over. Any lock may be held.
void debugger_keep(const struct kept_operation *kept);

// Whether pages that programs touch for the first time are to be told by debugger_page_came.
extern bool debugger_wants_pages;
void debugger_page_came(void);

// A program takes over the work with files that whoever debugs the machine asks for
// (kernel/abi/calls/debug.h). May sleep; no lock is held.
enum status debugger_file_next(struct debugger_file_request *request, struct user_address data);
