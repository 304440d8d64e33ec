// Events: event_wait, event_get, event_send, event_watch.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/event.h.
#pragma once

#include "kernel/abi/event.h"

#include <parley/calls.h>
