// I/O port ranges of a process: which ports its threads may use with in and out. Kept in the task state's bitmap of the CPU.
//
// Rules: ports_open and ports_close take RANK_OBJECT_INNER themselves. A process's ranges are freed with it.
#pragma once

#include <stdint.h>

#include "kernel/process/ports.h"

struct process;
struct arch_cpu;

enum { PORT_RANGES_MAX = 16 };

struct port_range {
    uint32_t base, count;
};

struct port_ranges {
    uint64_t version; // another one after each change, never used for other ranges again; 0: no ranges
    uint32_t count;
    struct port_range ranges[PORT_RANGES_MAX];
};

// Makes the calling CPU allow what the process may (null ranges: nothing). Cheap when the CPU has it already.
void ports_load(const struct port_ranges *ranges);

// Serves another CPU's request (arch.ports_pending): forgets what the bitmap has. Any context, no lock.
void ports_serve(void);
