// Ports: port_create, port_open, port_send, port_receive, port_call, port_reply, port_reply_receive.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/port.h.
#pragma once

#include "kernel/abi/port.h"

#include <parley/calls.h>
