// How long commands take: for the tool time, and for the shell's word of that name.
#pragma once

#include <stdint.h>

// Nanoseconds since the machine's start.
uint64_t elapsed_now(void);

// Says on standard error, in one write, "time: SECONDS s": what has passed since `start`.
void elapsed_tell(uint64_t start);
