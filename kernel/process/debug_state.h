// What a debugger keeps of each thread (kernel/process/debugger.h); all under the process's lock.
#pragma once

#include <stdbool.h>

#include "kernel/abi/debug.h"
#include "kernel/process/fault.h"

struct thread_debug {
    bool is_wanted;             // to be halted
    bool is_halted;             // it is, or is about to leave the CPU for it
    bool is_untold;             // its stop waits for debug_next_stop
    bool steps;                 // the processor's trap flag in its frame is the debugger's
    bool passes;                // its fault is to be the program's when it goes on
    uint64_t start, end;        // of the range that it steps through
    struct process_stop stop;   // reason 0: none yet
    struct process_fault fault; // of STOP_FAULT
};
