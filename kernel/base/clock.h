// Time, as all of the kernel and ipc read it; the machine's code keeps it (kernel/arch/machine.h has the rest of it).
#pragma once

#include <stdint.h>

uint64_t clock_now(void); // monotonic nanoseconds since boot
