// Watches of a process: EVENT_READY once, when a condition of an object that it holds becomes true.
//
// A watch is found by its number and ends with it, and so does its event that was not taken yet. Each is charged as an object.
//
// Rules: no lock may be held. Only the process's own threads set its watches.
#pragma once

#include "kernel/process/process.h"

enum { WATCH_ALL = WATCH_READABLE | WATCH_WRITABLE | WATCH_CLOSED };

// INVALID_ARGUMENT (unknown conditions), BAD_NUMBER, NO_RIGHT, WRONG_TYPE (it cannot be watched), LIMIT_REACHED, NO_MEMORY.
enum status event_watch_set(struct process *process, int32_t number, uint32_t conditions, uint32_t key);
