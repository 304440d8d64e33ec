// Memory for threads: stack, thread-local variables and control block in one mapping, with guards around it.
//
// A few mappings of the usual size are kept for the next threads: mapping, unmapping and first touches cost more than all
// else at a thread's start. Inside the library only.
#pragma once

#include "kernel/abi/status.h"

#include <stdint.h>

// Memory of `size` bytes, whole pages; what a thread before left in it is still there.
enum status stack_take(uint64_t size, uint64_t *base);
void stack_give_back(uint64_t base, uint64_t size);
