// I/O ports of a process: the seam between range objects and the machine's code.
//
// Rules: they lock themselves. A process's ports are taken away when it ends.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/status.h"

struct process;

enum { IO_PORT_COUNT = 1 << 16 };

// Lets the process's threads use the ports. INVALID_ARGUMENT: beyond the last port; LIMIT_REACHED: too many ranges; NO_MEMORY.
enum status io_ports_open(struct process *process, uint16_t base, uint32_t count);

// Takes them away again, on all CPUs, before it returns. NOT_FOUND: this range was not opened.
enum status io_ports_close(struct process *process, uint16_t base, uint32_t count);

// Whether the kernel uses one of these ports itself: they are nobody else's.
bool io_ports_are_managed(uint32_t base, uint32_t count);
