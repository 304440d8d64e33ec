// The services: starting them as /etc/startup says, and knowing which of them run.
//
// Rules: one thread. What goes wrong is told in the kernel's log, in words; the others start all the same.
#pragma once

#include "os/init/startup.h"

// Starts all services of the description, in its order. The archive is the ramdisk, which holds the programs; both stay as long
// as init runs.
void services_start(const struct startup *startup, const void *archive, size_t size);

// A child ended: tells in the log which service it was, and why; it may have to be started again.
void services_ended(uint32_t process);

// Starts again what is due; says when the next one is.
uint64_t services_start_due(void);

// Ends a service. NOT_FOUND: none runs as this process.
enum status services_end(uint32_t process);

// Ends all that run, the last started first.
void services_stop(void);
