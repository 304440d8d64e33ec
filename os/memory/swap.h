// The swap area: pages that programs could spare lie in the memory of a device until they are touched again.
//
// Granted: `swap-area`, the device's memory, and `swap`, the machine with its right. Without them there is none.
// Rules: it is started before the thread that serves faults, which serves it. What it does needs no memory of its own, no other thread and no other
// process: memory is short when it is needed. (Its program is essential: it gets frames out of the last reserve, and is never paged out.)
#pragma once

#include "kernel/abi/link.h"

#include <stdbool.h>

void swap_start(void);

// Serves a signal of its link; false: it is another's.
bool swap_serve(const struct link_ready *ready);
