// Processes and all that they started: whom a terminal's keys are for, as there are no process groups.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Calls act(process, value) once for each of these processes and all their descendants, parents first; also for those that are
// started meanwhile. A descendant whose parent had ended before is not found. Where memory is short, some are left out.
void family_do(const uint32_t *processes, size_t count, void (*act)(uint32_t process, int value), int value);

// Sends each of them a signal: kill(), whose outcome does not matter.
void family_signal(const uint32_t *processes, size_t count, int signal);
