// Whether a wait can ever end: a search through the wait records of all kinds, from who could end it to whom these wait for. (R-P5)
//
// A process can do something when one of its threads does not wait, or waits for what anybody may bring (an event, a message, a
// time). A wait that has a deadline but names who could end it counts as one that waits for these: a cycle is told at once. What is
// too large to be searched counts as able to do something.
//
// Rules: no lock is held; the calling thread counts as waiting already (wait_queue_sleep_checked), so that of two threads that
// close a cycle at the same time at least one sees it.
#pragma once

#include "kernel/object/object.h"

// None of these processes can do anything ever again but by the calling thread's going on.
bool deadlock_is_certain(const struct wait_edges *wakers);
