// Lending the priority of callers to who works for them. (R-P8)
//
// Who takes a call has at least its caller's priority. A caller that has to queue lends to all who have calls of that port in
// hand, and along the chain of those that they themselves wait for at ports, PORT_CHAIN_MAX links far. What is lent goes back when the last
// call that the thread took from the port is answered, or to the highest of those that it still has in hand.
#pragma once

#include "ipc/port.h"

enum { PORT_CHAIN_MAX = 8 };

// A call of this priority waits in the port's queue. No lock is held.
void port_lend_along(struct port *port, uint32_t priority);

// The calling thread, to which something is lent, has answered or looks for work: it keeps what it has still cause for. The port's lock
// is held.
void port_lend_review_locked(struct port *port);
