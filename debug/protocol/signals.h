// GDB's signals (enum debug_signal): which one a processor's exception is, and how the end of a process is told.
//
// The numbers of libc's signals are the same up to 31.
#pragma once

#include "debug/protocol/target.h"
#include "kernel/abi/process.h"

uint32_t signal_of_vector(uint64_t vector);

// An exit code's lowest byte, which is all that GDB can be told; what a process was ended with is a signal where libc did it, others end
// one with any code: that is SIGNAL_KILL. The stop has the process and no thread.
struct debug_stop signal_stop_of_end(const struct process_end *end);
