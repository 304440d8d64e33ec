// A request to a service by message, and the wait for its reply.
#pragma once

#include <parley/message.h>
#include <parley/status.h>
#include <stddef.h>

// Sends, and receives the reply, which must have `reply_size` bytes. `number`: where a number that came with
// the reply goes; may be null, and then none is taken. CORRUPT: the reply has another size. PEER_DIED,
// NOT_FOUND: there is no such service (any more).
enum status request_ask(uint32_t service, const void *request, size_t size, void *reply, size_t reply_size,
                        int32_t *number);
