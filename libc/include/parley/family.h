// Processes and all that they started: whom a terminal's keys are for, as there are no process groups.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Sends a signal to each of these processes and all their descendants, as kill() does to one, parents first; also to those whose parent, or
// the process given itself, has ended. What the signal ends starts no other meanwhile. Those that are another user's are left out.
// How many were reached before they ended.
size_t family_signal(const uint32_t *processes, size_t count, int signal);

// The same past their handlers: each does what it does where a signal has none.
size_t family_force(const uint32_t *processes, size_t count, int signal);
