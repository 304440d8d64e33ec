// Fibers: the threads of programs on the host. A test says which one runs, so the order of steps is exact.
//
// The kernel's own thread.c, wait.c and timer.c run on them; the scheduler is the test. A fiber runs until it sleeps, ends, or
// comes to a point where the test wants fibers to pause; then the test goes on. When the test itself calls a tested function it
// does so as a process's main thread (host_as), which must not sleep: that panics.
#pragma once

#include <stdbool.h>

#include "kernel/base/call.h"
#include "kernel/thread/thread.h"

struct fiber {
    struct thread *thread; // null: it has ended
    struct result result;  // of the call, once it has returned
    bool returned;         // from the call
};

// Points where a fiber can be made to pause, so that others run in between.
enum fiber_pause_point { PAUSE_COPY = 1 << 0, PAUSE_ALLOCATE = 1 << 1, PAUSE_PREEMPTION = 1 << 2 };

// At which points fibers pause from now on; 0: nowhere.
void fiber_set_pauses(uint32_t points);

// Called at such a point by the fakes.
void fiber_pause(enum fiber_pause_point point);

// Starts a thread of the process that makes one system call and ends; it runs until it sleeps, pauses or ends. The structure
// lives until the test ends.
struct fiber *fiber_call(struct process *process, call_function *call, const uint64_t arguments[6]);

// FIBER_CALL(process, pipe_read, number, USER(buffer), size, DEADLINE_NEVER)
#define FIBER_CALL(process, name, ...)                                                                                 \
    fiber_call(process, (call_function *)call_##name, (const uint64_t[6]){__VA_ARGS__})
#define USER(pointer) ((uint64_t)(pointer))

// Starts a thread that calls a function of the test's.
struct fiber *fiber_start(struct process *process, void (*function)(void *argument), void *argument);

// Runs it: it is ready, or paused.
void fiber_run(struct fiber *fiber);

// Runs all that are ready, in the order in which they became so, until none is.
void fiber_run_all(void);

bool fiber_is_ready(const struct fiber *fiber);
bool fiber_is_waiting(const struct fiber *fiber);
enum wait_reason fiber_wait_reason(const struct fiber *fiber);

// Makes one thread end: its wait is broken off. It is to be run then.
void fiber_interrupt(struct fiber *fiber);

// ---- for the other parts of the host ----

void fiber_start_all(void);                                                   // sets the CPU up
void fiber_be(struct thread *thread);                                         // the test takes this thread's place
struct result fiber_invoke(call_function *call, const uint64_t arguments[6]); // calls with up to six registers
void fiber_free_all(void);                                                    // the structures
