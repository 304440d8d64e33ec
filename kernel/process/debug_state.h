// What a debugger keeps of each thread (kernel/process/debugger.h); all under the process's lock.
#pragma once

#include <stdbool.h>

#include "kernel/abi/debug.h"
#include "kernel/process/fault.h"

// What lay under a watch point before the step that the thread is about to make.
struct debug_watched {
    uint64_t address, size; // size 0: there is no such point, or what lay there could not be seen
    uint8_t value[8];
};

struct thread_debug {
    bool is_wanted;      // to be halted
    bool is_halted;      // it is, or is about to leave the CPU for it
    bool is_untold;      // its stop waits for debug_next_stop
    bool steps;          // the processor's trap flag in its frame is the debugger's
    bool passes;         // its fault is to be the program's when it goes on
    uint64_t start, end; // of the range that it steps through
    bool is_noted;       // `watched` is as it was before the step
    struct debug_watched watched[DEBUG_POINTS];
    struct process_stop stop;   // reason 0: none yet
    struct process_fault fault; // of STOP_FAULT
};
