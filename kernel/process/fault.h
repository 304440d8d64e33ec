// A program that did what it must not: its handler for that runs, or it is ended, and its parent and the console are told why.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/status.h"

struct trap_frame;

struct process_fault {
    uint32_t vector;  // the processor's exception
    const char *what; // in words: "page fault", "division error"
    uint64_t address; // touched, 0 where there is none
    uint64_t instruction;
    enum status reason;             // why a page could not be given; STATUS_OK for other exceptions
    const struct trap_frame *frame; // registers, printed by the arch code
    bool is_final;                  // the program cannot be gone on with, whatever a handler does
};

// Has the program's own handler run on the way to user mode, where there is one. Else logs it with registers and a backtrace and ends
// the calling process; the thread leaves on its way to user mode.
void process_fault_pass(const struct process_fault *fault);

// Stops the thread where its process has a debugger; else process_fault_pass.
void process_fault(const struct process_fault *fault);

// Of the arch code: registers and the call stack of a trapped program, symbolised.
struct writer;
void trap_describe(const struct trap_frame *frame, struct writer *out);
void trap_describe_stack(const struct trap_frame *frame, struct writer *out);
