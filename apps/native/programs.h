// What the shell does with the programs that it starts, and that they start, where POSIX has no word for it.
#pragma once

#include <sys/types.h>

// From now on a program that is started leaves a part of what this one may have (spawn_keep_reserve).
void programs_keep_reserve(void);

// Sends a signal to all that a process has started, and that they started, as far as their starters are there still; not to
// itself. Those that start more meanwhile are gone after. Who may not be sent it is passed over.
void programs_signal_below(pid_t process, int signal);
