// A subsystem: how an IPC design attaches to the kernel without the kernel's knowing its name.
//
// Rules: entries are made with SUBSYSTEM at file level and collected by the linker. start runs once at boot, in no set order,
// before any process. process_created may fail: process_ended is called then for all that succeeded. process_ended runs
// when the last thread is gone, before the process's numbers are closed; process_told when it has ended for all to see;
// process_freed when its last reference goes. child_changed runs as a child ends, is stopped or goes on, under the child's lock:
// who waited for that returns behind it. What THREAD_END names runs on the ending thread, which is in its process still.
#pragma once

#include "kernel/abi/status.h"

struct process;
struct thread;

struct subsystem {
    const char *name;
    enum status (*start)(void); // each may be null
    enum status (*process_created)(struct process *process);
    void (*process_ended)(struct process *process);
    void (*process_told)(struct process *process);
    void (*child_changed)(struct process *parent, struct process *child);
    void (*process_freed)(struct process *process);
};

#define SUBSYSTEM(identifier)                                                                                          \
    static const struct subsystem identifier;                                                                          \
    __attribute__((used, section("subsystems"))) static const struct subsystem *const identifier##_entry =             \
        &identifier;                                                                                                   \
    static const struct subsystem identifier

// What is to be done when a thread ends, before it leaves its process: a table of its own, as few have something to do then.
typedef void thread_end_function(struct thread *thread);
#define THREAD_END(function)                                                                                           \
    __attribute__((used, section("thread_ends"))) static thread_end_function *const function##_entry = function

extern thread_end_function *const __start_thread_ends[];
extern thread_end_function *const __stop_thread_ends[];

// The table's bounds, made by the linker.
extern const struct subsystem *const __start_subsystems[];
extern const struct subsystem *const __stop_subsystems[];
