// What the kernel logs, told to GDB while the machine runs, where that is asked for (`monitor output on`).
#pragma once

#include <stdbool.h>

bool output_is_told(void);
void output_tell(bool on); // from now on; off when a session ends

// Now and then, while the machine runs: what is new goes on the line, as whole packets. While GDB acknowledges packets, and while somebody
// holds the machine, it waits for the next stop.
void output_look(void);

// At a stop, before that is told.
void output_finish(void);
