// The swap area: pages that programs could spare lie in the memory of a device until they are touched again.
//
// Granted: `swap-area`, the device's memory, and `swap`, the machine with its right. Without them there is none.
// Rules: it is started before the thread that serves faults, which serves it. What it does needs no memory of its own and no other
// process: memory is short when it is needed. (Its program is essential: it gets frames out of the last reserve, and is never paged out.)
#pragma once

#include "kernel/abi/link.h"

#include "kernel/abi/status.h"

#include <stdbool.h>
#include <stdint.h>

void swap_start(void);

// Takes pages of programs out until so many bytes are free, and a share of memory beside them. NO_MEMORY: the area is full, or there is none;
// TOO_LARGE.
enum status swap_make_room(uint64_t bytes);

// Serves a signal of its link; false: it is another's.
bool swap_serve(const struct link_ready *ready);
