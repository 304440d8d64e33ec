// Lending priority: a thread works for another one at that one's priority, until it is given back.
//
// A thread has at most one lent priority, the highest that anybody lends it. It sinks by using whole slices, as its own would.
// Rules: take the thread's object lock themselves. Lent is never more than PRIORITY_LENT_MAX.
#pragma once

#include "kernel/abi/process.h"
#include "kernel/thread/thread.h"

enum { PRIORITY_LENT_MAX = PRIORITY_DRIVER };

// The thread has at least this priority from now on; nothing where it has it already.
void thread_lend(struct thread *thread, uint32_t priority);

// What is lent becomes `still`; where that is not above the thread's own, its own comes back.
void thread_lend_less(struct thread *thread, uint32_t still);

// Sets the thread's own priority: at once, or for when what is lent goes back.
void thread_set_priority(struct thread *thread, uint32_t priority);

uint32_t thread_own_priority(const struct thread *thread);
