// Time: the monotonic clock in nanoseconds since boot, and deadlines made from it.
#pragma once

#include <parley/calls.h>

#define NANOSECONDS_PER_SECOND UINT64_C(1000000000)
#define NANOSECONDS_PER_MILLISECOND UINT64_C(1000000)

uint64_t clock_now(void);

// The point of time that is so many nanoseconds from now; DEADLINE_NEVER where that overflows.
uint64_t deadline_after(uint64_t nanoseconds);
