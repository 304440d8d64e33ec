// A debugger: the object by which one process debugs another, and how that one's threads are halted.
//
// A thread is halted where it would go on in its program (DEMAND_HALT, thread_before_user), so nothing of the kernel's is ever held by
// one, and its waits go on as if nothing had been. What stops it by itself, a fault, a breakpoint, a step, demands that of it and
// leaves a record. Hooks are where faults, debug exceptions and the making of threads are; nothing else knows of debuggers.
//
// Rules: all is under the debugged process's lock (RANK_PROCESS), under which pages of it may be copied: while process->debugger is set the
// process has its address space, as its end begins by taking that away. Letters as in kernel/process/process.h.
#pragma once

#include <stdbool.h>

#include "kernel/abi/debug.h"
#include "kernel/arch/machine.h"
#include "kernel/object/object.h"

struct process;
struct process_fault;
struct thread;
struct thread_debug;

struct debugger_breakpoint {
    uint64_t address;
    uint8_t original; // what lies under it
};

struct debugger {
    struct object object;
    struct process *process; // a reference; null: none yet
    uint32_t owner;          // [I] process id of who debugs
    uint32_t untold;         // [a] stops that wait for debug_next_stop
    bool is_over;            // [a] the process has ended
    bool is_leaving;         // [l] its number is closed
    bool holds_new;          // [l] threads that are made begin halted
    bool was_swapped;        // [l] what the account's `swapped` was
    struct debug_point points[DEBUG_POINTS];
    struct debugger_breakpoint *breakpoints; // [l] a page of them, in no order
    uint32_t breakpoint_count;
};

extern const struct object_type debugger_type;

// Makes one of no process yet. LIMIT_REACHED, NO_MEMORY.
enum status debugger_create(struct debugger **debugger);

// Makes it the process's. BUSY, PEER_DIED.
enum status debugger_attach(struct debugger *debugger, struct process *process);

// The same for a new process, whose first thread is halted where it begins.
void debugger_adopt(struct debugger *debugger, struct process *process);

// Takes the lock of its process. PEER_DIED: it has ended; no lock is held then.
enum status debugger_lock(struct debugger *debugger);
void debugger_unlock(struct debugger *debugger);

// ---- threads; the lock is held ----

// A thread of the process by its object's id; null: there is none.
struct thread *debugger_thread(struct debugger *debugger, uint64_t id);
void debugger_halt(struct thread *thread);
void debugger_resume(struct debugger *debugger, struct thread *thread, const struct debug_resume *how);
// Whether it is off the CPU and executes nothing of its program until it is resumed.
enum debugged_state debugger_state(const struct thread *thread);
// Takes a stop that was not told. False: there is none.
bool debugger_take_stop(struct debugger *debugger, struct process_stop *stop);

// ---- memory and points (kernel/process/debugger_memory.c); no lock is held ----

// At most DEBUG_PART bytes. *done: how many could be.
enum { DEBUG_PART = 512 };
enum status debugger_read(struct debugger *debugger, uint64_t address, void *to, size_t size, size_t *done);
enum status debugger_write(struct debugger *debugger, uint64_t address, const void *from, size_t size, size_t *done);

enum status debugger_break_set(struct debugger *debugger, uint32_t kind, uint64_t address, uint64_t size);
enum status debugger_break_clear(struct debugger *debugger, uint32_t kind, uint64_t address, uint64_t size);
// Takes all breakpoints out of memory again. Its number is closed.
void debugger_breaks_remove(struct debugger *debugger);
// Whether there is one at the address; the lock is held.
bool debugger_breaks_at(const struct debugger *debugger, uint64_t address);

// ---- points of the calling thread (kernel/process/debugger_points.c) ----

// Loads the CPU with them on the thread's way to its program, or with none for a step; the process's lock is held.
void debugger_points_load(struct process *process, struct thread *thread);
// Sees what lies under them before a step, where debugger_points_load has begun one. No lock is held: it copies from the program.
void debugger_points_note(struct thread_debug *debug);
// The watch points (a bit each) under which something else lies now. No lock is held.
uint32_t debugger_points_changed(const struct thread_debug *debug);

// Whether it has stopped by itself and debug_next_stop has not told that; the lock is held.
bool debugger_stop_is_new(const struct thread *thread);

// ---- hooks ----

// On the calling thread's way to its program while a demand of a debugger's is set. Set at boot, as are the others.
extern void (*debugger_serve)(struct thread *thread);
// A thread is entered into a process that has a debugger, whose lock is held.
extern void (*debugger_thread_made)(struct thread *thread);
// Whether a debugger has the calling thread stopped for it.
bool debugger_takes_fault(const struct process_fault *fault);
// A debug exception of the calling thread's program: the step is done, or points were hit (a bit each). False: neither is the debugger's.
bool debugger_takes_trap(bool step, uint32_t points);
