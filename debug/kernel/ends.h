// Ends of processes: GDB is told at once of those in which it has points, and all are kept for its helpers.
#pragma once

#include "debug/kernel/private.h"

// The end at which a CPU stopped, in GDB's words; false: it stopped for something else. GDB has been told then.
bool end_stopped_at(uint32_t cpu, struct debug_stop *stop);

// Whether a CPU is about to stop for an end that nobody wants to be told of any more: its GDB is gone.
bool end_is_unwanted(uint32_t cpu);
