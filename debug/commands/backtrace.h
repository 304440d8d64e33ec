// Call stacks of the stopped machine: by frame pointers, through traps, from the kernel to the program.
#pragma once

#include "debug/kernel/private.h"

// A line per call. What cannot be read ends it.
void backtrace_of_thread(struct writer *out, const struct debug_thread *thread);
