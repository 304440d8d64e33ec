// Stopping a process and letting it go on, and how its parent is told: what SIGSTOP and SIGCONT are made of.
//
// Its threads stop where they would go on in their program (DEMAND_STOP, thread_before_user), as those do that a debugger halts: nothing
// of the kernel's is held by one, and waits in calls go on, so that a peer sees a slow partner. What sets it going, or ends it, is all
// that a stopped thread looks at; upcalls run when it goes on.
//
// Rules: no lock is held, but where it is said. A process that is ending is neither stopped nor waited for in vain.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/process.h"
#include "kernel/abi/status.h"

struct process;
struct thread;

// Stops it; `code` says why (a signal), and is told. 0 lets it go on. Nothing to do is no error.
void process_stop(struct process *process, int32_t code);

// Tells who waits for it, and its parent (null: it has none any more), what became of it. In one step with that, under the process's lock:
// who returns from waiting has the parent's signal already, and a handler of that signal finds the news.
void process_changed_locked(struct process *process, struct process *parent);

// At the end of a process: what it left stopped goes on, for nobody else knows of that.
void process_stop_leave(const struct process *process);

// On the calling thread's way to its program, while DEMAND_STOP is set: sleeps as long as its process is stopped.
void process_stop_serve(struct thread *thread);

// Waits for its end; with `changes` also for a stop or a continuation that was not told yet. TIMED_OUT, WOULD_WAIT, INTERRUPTED.
enum status process_await(struct process *process, bool changes, uint64_t deadline, struct process_end *end);
