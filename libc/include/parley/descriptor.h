// Between the numbers of the kernel and the descriptors of POSIX.
#pragma once

#include "kernel/abi/types.h"

#include <parley/start.h>
#include <stdbool.h>

// Makes the lowest free descriptor for a pipe end; from now on it is closed with the descriptor. `flags`: enum
// start_descriptor_flag bits. With `closes_on_spawn` children do not inherit it. -1 and EMFILE where there is no room; the
// number stays the caller's then.
int descriptor_of_pipe(int32_t number, uint32_t flags, bool closes_on_spawn);

// The number of the pipe end that a descriptor stands for; NUMBER_NONE where it is none. It stays the descriptor's.
int32_t descriptor_pipe_number(int descriptor);
