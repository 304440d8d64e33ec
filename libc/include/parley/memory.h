// Memory: memory_map, shared_create, shared_map, shared_offer and their like.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/memory.h.
#pragma once

#include "kernel/abi/memory.h"

#include <parley/calls.h>
