// The protocol of the clock's driver: what time of day it is, to better than the second that the kernel read at boot.
//
// start_service("clock") is the process id to ask. A request is one message of a struct wall_clock_request, answered by a
// struct wall_clock_reply.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum wall_clock_operation {
    WALL_CLOCK_READ = 1, // WOULD_WAIT: the clock has not ticked yet since the driver started (at most a second)
};

struct wall_clock_request {
    uint32_t operation; // enum wall_clock_operation
    uint32_t reserved;  // 0
};

struct wall_clock_reply {
    int32_t status; // enum status
    uint32_t reserved;
    uint64_t epoch; // nanoseconds since 1970 UTC at the monotonic clock's zero: add clock_now()
};
