// Time, as all of the kernel and ipc read it; the machine's code keeps it (kernel/arch/machine.h has the rest of it).
#pragma once

#include <stdint.h>

uint64_t clock_now(void); // monotonic nanoseconds since boot

// The processor's counter: what is noted often and read seldom is noted by it, and told by clock_at.
uint64_t clock_counter(void);
uint64_t clock_at(uint64_t counter); // the monotonic time at which the counter stood so
