// Shows the person what is new in the kernel's log: which program did what it must not, which service ended.
//
// While a driver has the serial port, the kernel's own words reach nobody; so each console looks after every event that it
// serves, and before it tells a shell that its job has ended. That the log has grown is such an event itself.
// Rules: one thread.
#pragma once

#include "os/console/session.h"

// Asks the kernel for an event when the log grows. False: `number` is not the right to that (the grant `log`).
bool log_watch(int32_t number);

// Passes over what the log holds now.
void log_skip(struct session *session);

// While the kernel shows it on the terminal itself, nothing is shown: log_go_on says where that ended.
void log_show_new(struct session *session);

// The kernel has shown all up to here itself: the low half of a position, which lies less than 2 GiB away. 0: it has not.
void log_go_on(struct session *session, uint32_t position);
