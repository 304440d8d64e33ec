// Numbers and objects: number_close, number_copy, object_list, object_describe, wait_list.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/object.h.
#pragma once

#include "kernel/abi/object.h"

#include <parley/calls.h>
