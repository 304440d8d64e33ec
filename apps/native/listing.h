// The lists that the kernel tells a part at a time, read whole.
//
// Rules: each returns memory of the caller's (free), and says how many there are. A call that fails ends the
// tool with a complaint (common/tool.h).
#pragma once

#include <parley/object.h>
#include <parley/process.h>

struct object_information *listing_objects(uint32_t kind, size_t *count);
struct wait_information *listing_waits(size_t *count);
struct process_information *listing_processes(size_t *count);
