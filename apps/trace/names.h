// The names of processes, also of those that have ended, as far as the trace told them.
#pragma once

#include <parley/trace.h>

// Those that run now.
void names_start(void);

// A record that tells of a process's start.
void names_note(const struct trace_record *record);

// "kernel" for 0, "?" for one whose name is not known.
const char *names_of(uint32_t process);
