// How a process's end looks to waitpid. Pure; unit-tested. Inside the library only.
#pragma once

#include "kernel/abi/process.h"

// An exit keeps its code's low 8 bits; a kill is its code as a signal (9 where that is none); a fault is the signal that
// the processor's exception stands for. One for a page that was not to be had is SIGBUS, and above the 16 bits that POSIX knows stands
// why, as an enum status without its sign.
int wait_status_of(const struct process_end *end);
