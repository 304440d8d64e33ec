// What the two threads of the memory daemon share: the list of mapped files and its lock.
#pragma once

#include <parley/clock.h>
#include <parley/sync.h>

#include "os/memory/mapped.h"

// How long a thread waits for a page before it is ended: long enough for a file server that has much to do.
#define MAPPED_PATIENCE (30 * NANOSECONDS_PER_SECOND)

TAILQ_HEAD(mapped_list, mapped);

extern struct mutex mapped_lock;
extern struct mapped_list mapped_list; // under the lock where it is changed, and where the thread of faults reads it
