// Who holds an object: found by looking through the numbers of all processes. For instruments, which may take their time.
//
// Rules: no lock may be held.
#pragma once

#include "kernel/object/object.h"

// Adds a process to the edges, once; id 0 is nobody. What does not fit is counted.
void holders_add(struct wait_edges *edges, uint32_t process);

// Adds every process that has a number of the object with this id; id 0 is none.
void holders_find(uint64_t object, struct wait_edges *edges);
