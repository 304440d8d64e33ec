// Processes: process_spawn, process_wait, process_kill and their like.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/process.h.
#pragma once

#include "kernel/abi/process.h"

#include <parley/calls.h>
