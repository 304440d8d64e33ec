// The recorded operations in words: for the console, and for a panic.
#pragma once

#include "debug/kernel/private.h"

struct trace_record;

// `now`: the counter to which the age is told.
void trace_write_record(struct writer *out, const struct trace_record *record, uint64_t now);

// The last `count` records of a CPU (UINT32_MAX: of all), the oldest first; says how many there were.
uint32_t trace_write_last(struct writer *out, uint32_t count, uint32_t cpu);
