// Timer objects: a point of time, or many in a row, told by event. Expirations that were not taken yet coalesce with a count.
#pragma once

#include "kernel/process/process.h"

extern const struct object_type timer_type;

enum { TIMER_INTERVAL_MIN = 10000 }; // nanoseconds

// A timer whose events go to `process`; it stands still. LIMIT_REACHED, NO_MEMORY.
enum status timer_make(struct process *process, struct object **object);

// The number by which the process knows it.
void timer_name(struct object *object, int32_t number);

// See timer_set in kernel/abi/calls.h. INVALID_ARGUMENT; BUSY: another thread is setting it right now.
enum status timer_adjust(struct object *object, uint64_t when, uint64_t interval);
