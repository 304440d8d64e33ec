// A subsystem: how an IPC design attaches to the kernel without the kernel's knowing its name.
//
// Rules: entries are made with SUBSYSTEM at file level and collected by the linker. start runs once at boot, in no set order,
// before any process. process_created may fail: process_ended is called then for all that succeeded. process_ended runs
// when the last thread is gone, before the process's numbers are closed; process_freed when its last reference goes. thread_ended runs on
// the ending thread, before it leaves its process.
#pragma once

#include "kernel/abi/status.h"

struct process;
struct thread;

struct subsystem {
    const char *name;
    enum status (*start)(void); // each may be null
    enum status (*process_created)(struct process *process);
    void (*process_ended)(struct process *process);
    void (*process_freed)(struct process *process);
    void (*thread_ended)(struct thread *thread);
};

#define SUBSYSTEM(identifier)                                                                                          \
    static const struct subsystem identifier;                                                                          \
    __attribute__((used, section("subsystems"))) static const struct subsystem *const identifier##_entry =             \
        &identifier;                                                                                                   \
    static const struct subsystem identifier

// The table's bounds, made by the linker.
extern const struct subsystem *const __start_subsystems[];
extern const struct subsystem *const __stop_subsystems[];
