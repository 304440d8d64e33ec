// The trace: trace_open, trace_read.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/trace.h.
#pragma once

#include "kernel/abi/trace.h"

#include <parley/calls.h>
