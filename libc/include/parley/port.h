// Ports: port_create, port_open, port_send, port_receive, port_call, port_reply, port_reply_receive.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/port.h.
#pragma once

#include "kernel/abi/port.h"

#include <parley/calls.h>

// port_call for servers: asserts that the calling thread holds no mutex (<parley/sync.h>). A server that waits for another while it
// holds one makes all its clients wait, or itself, for ever.
enum status port_call_out(int32_t entry, void *message, struct port_cargo *cargo, uint64_t deadline);
