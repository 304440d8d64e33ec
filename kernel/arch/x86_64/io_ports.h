// I/O port ranges of a process: which ports its threads may use with in and out. Kept in the task state's bitmap of the CPU.
//
// Rules: io_ports_open and io_ports_close take RANK_OBJECT_INNER themselves. A process's ranges are freed with it.
#pragma once

#include <stdint.h>

#include "kernel/process/io_ports.h"

struct process;
struct arch_cpu;

enum { IO_PORT_RANGES_MAX = 16 };

struct io_port_range {
    uint32_t base, count;
};

struct io_port_ranges {
    uint64_t version; // another one after each change, never used for other ranges again; 0: no ranges
    uint32_t count;
    struct io_port_range ranges[IO_PORT_RANGES_MAX];
};

// Makes the calling CPU allow what the process may (null ranges: nothing). Cheap when the CPU has it already.
void io_ports_load(const struct io_port_ranges *ranges);

// Serves another CPU's request (arch.io_ports_pending): forgets what the bitmap has. Any context, no lock.
void io_ports_serve(void);
