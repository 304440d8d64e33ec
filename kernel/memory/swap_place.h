// Places of the swap area, for the file that takes pages out.
#pragma once

#include <stdint.h>

#include "kernel/abi/status.h"

// A free place of the area, which is there. PEER_FULL.
enum status swap_place_take(uint64_t *place);
