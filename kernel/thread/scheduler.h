// The scheduler: a run queue per CPU, 32 priority levels, decay for those that use up their slices. (R-B14)
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct processor;
struct thread;

// Sets a CPU's run queues up; its idle thread is what runs on it now.
void scheduler_start(struct processor *processor, struct thread *idle);

// What a slice is by the processor's counter is known from here on.
void scheduler_clock_started(void);

// From each interrupt: what wakes threads, does so within a tick of one.
void scheduler_time_passed(void);

// Makes a thread ready on the best CPU and, where it should run before what runs there, asks for a switch.
void scheduler_ready(struct thread *thread);

// As scheduler_ready, when the running thread hands something over and is about to wait itself: it is not made to leave the CPU
// merely because it has used up slices.
void scheduler_ready_next(struct thread *thread);

// As scheduler_switch, but straight to `next`, which is in no run queue, unless a thread of a higher level is ready.
// `now`: the processor's counter.
void scheduler_switch_to(struct thread *next, uint64_t now);

// Gives a thread another base priority and penalty, wherever it stands; asks for a switch where another one should run now.
void scheduler_set_priority(struct thread *thread, uint32_t priority, uint32_t penalty);

// Has another CPU look at its attention, which the caller has set: soon, when this one is through with what it is in, and holds no lock that
// the other would only wait for. Nothing for the own CPU.
void scheduler_call(struct processor *processor);

// Calls those CPUs now: on the way to user mode, into idleness, and at preemption points.
void scheduler_call_out(void);

// Gives the CPU to the next thread. The caller has put the calling thread where it belongs (or nowhere, if it waits).
void scheduler_switch(void);

// The arch code calls it on a new thread's own stack, before it enters user mode for the first time.
void scheduler_switched(void);

// The calling thread goes to the end of its level.
void scheduler_yield(void);

// From the timer interrupt: counts the running thread's slice.
void scheduler_tick(void);

// In long loops of the kernel: serves interrupts and lets a more urgent thread run. No lock may be held.
void scheduler_preemption_point(void);

// What a CPU does with nothing to do. Never returns; called on each CPU's idle thread.
_Noreturn void scheduler_idle(void);

// One round of it, for an idle thread that waits for something in the midst: others run, or the CPU halts until an interrupt.
void scheduler_idle_round(void);

// Has the idle thread of a CPU end such a round soon, whoever else would run there.
void scheduler_idle_call(struct processor *processor);
