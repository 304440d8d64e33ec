// The threads that CPUs run when there is nothing to do, and the process that they belong to: the kernel's own.
#pragma once

#include <stdint.h>

#include "kernel/abi/status.h"

struct processor;

// Makes the CPU's idle thread and its run queue. NO_MEMORY.
enum status idle_create(struct processor *processor);
