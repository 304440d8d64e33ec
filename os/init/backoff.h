// How long init waits before it starts a service again that has ended.
//
// Rules: pure. Times are nanoseconds.
#pragma once

#include "kernel/abi/process.h"

// The pause for a service that lived so long and ended so; `before` is the pause of the time before. Who was ended by another,
// or had worked for a while, comes back at once; who ends itself right after its start waits longer each time.
uint64_t backoff_pause(enum process_end_reason reason, uint64_t lived, uint64_t before);
