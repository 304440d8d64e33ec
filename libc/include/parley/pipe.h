// Pipes: pipe_create, pipe_write, pipe_read, pipe_pending.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/pipe.h.
#pragma once

#include "kernel/abi/pipe.h"

#include <parley/calls.h>
