// Messages: message_send, message_wait, message_receive, message_next, message_scrap.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/message.h.
#pragma once

#include "kernel/abi/message.h"

#include <parley/calls.h>
