// Watches of a process: EVENT_READY once, when a condition of an object that it holds becomes true.
//
// A watch is found by its number. It holds a reference to its object, so it is swept when its number is closed: whenever a
// watch is set whose number falls into the same bucket, and when the process ends. Each is charged as an object.
//
// Rules: no lock may be held. Only the process's own threads set its watches.
#pragma once

#include "kernel/process/process.h"

enum { WATCH_ALL = WATCH_READABLE | WATCH_WRITABLE | WATCH_CLOSED };

// INVALID_ARGUMENT (unknown conditions), BAD_NUMBER, NO_RIGHT, WRONG_TYPE (it cannot be watched), LIMIT_REACHED, NO_MEMORY.
enum status event_watch_set(struct process *process, int32_t number, uint32_t conditions, uint32_t key);
