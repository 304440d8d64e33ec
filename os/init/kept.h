// Memory that init keeps for services, so that it outlives them.
#pragma once

#include "kernel/abi/object.h"
#include "os/init/startup.h"

enum { KEPT_RIGHTS = RIGHT_READ | RIGHT_WRITE | RIGHT_MANAGE };

// A number of the memory of this grant, which is made the first time. TOO_LARGE, NO_MEMORY, LIMIT_REACHED.
enum status kept_make(const struct startup_source *source, int32_t *number);
