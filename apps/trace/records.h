// The kernel's trace records, read as they come and put into the order of time over all CPUs.
//
// Rules: one reader in a program. Records that are newer than the moment at which a reading began are held back until the next one:
// another CPU's earlier ones may not have been there yet. What fails ends the tool with a complaint (common/tool.h).
#pragma once

#include <parley/trace.h>
#include <stdbool.h>
#include <stddef.h>

// Opens the trace. From now on, or with what the rings still hold.
void records_open(bool from_now);

// Reads what there is; says how many are ready. `all`: nothing is held back.
size_t records_read(bool all);

// The next record in the order of time; null: there is none ready.
const struct trace_record *records_next(void);

// How many were overwritten before they were read.
uint64_t records_lost(void);
