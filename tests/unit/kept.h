// What the tests of kept operations share: a debugger that has made up its mind.
#pragma once

#include "kernel/base/debugger.h"
#include "kernel/object/trace.h"

// What becomes of each operation that can be kept at all; of what cannot bear it, nothing.
extern enum trace_verdict kept_verdict;

// The last of these, what it can bear, and how many are kept.
extern struct trace_record kept_last;
extern uint32_t kept_options, kept_count;

// Start and end of a test; the debugger waits for operations meanwhile.
void kept_start(void);
void kept_end(void);

// Lets all that is kept take effect, or drops it; from then on all goes.
void kept_finish_all(bool drop);
