// The processes that the server debugs: begun, attached to, halted together, let go on, and ended.
//
// Rules: one thread. All stand or all run (GDB's all-stop). GDB is told one stop and hears of no thread that it has not let go on. Of
// the others that came with it those are dropped whose instruction was not executed, as it will stop its thread again; a hit watch
// point, or a step that is done, is kept until its thread is to go on, and told then.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "debug/protocol/conditions.h"
#include "kernel/abi/debug.h"

enum { INFERIORS_MAX = 16, INFERIOR_PATH_SIZE = 64, INFERIOR_HITS_MAX = 16 };

// One of the processor's points, as the kernel has it.
struct inferior_point {
    uint64_t address, size;
    uint32_t kind; // enum debug_break_kind
    uint32_t uses; // of GDB's points that it is part of; 0: the place is free
};

struct inferior {
    uint32_t process; // 0: the place is free
    int32_t debugger; // its number
    int32_t number;   // the process's
    bool is_attached; // rather than begun
    char path[INFERIOR_PATH_SIZE];
    uint64_t breakpoints[DEBUG_BREAKPOINTS_MAX];
    uint32_t breakpoint_count;
    struct inferior_point points[DEBUG_POINTS];  // in the kernel's order
    struct process_stop hits[INFERIOR_HITS_MAX]; // to be told yet
    uint32_t hit_count;
};

// Programs that are begun from now on have no input, and their output is the server's error output, for the line is its own.
void inferiors_leave_line(void);

// By process id; null: none.
struct inferior *inferior_find(uint32_t process);

// The one with the lowest id above `after`; null: no more.
struct inferior *inferior_next(uint32_t after);

// The statuses of struct debug_processes. It stands when they return.
enum status inferior_run(char *const *arguments, struct debug_stop *stop);
enum status inferior_attach(uint32_t process, struct debug_stop *stop);
enum status inferior_detach(uint32_t process);
enum status inferior_kill(uint32_t process);
bool inferior_is_attached(uint32_t process);
void inferiors_kill_all(void);

// A stop of one that stands; false: there are none.
bool inferior_current(struct debug_stop *stop);

// Who says whether a thread that ran into a break point stops there (else it goes on as it was let go, and nobody is told).
void inferiors_ask(bool (*holds)(const struct break_place *place, const struct debug_thread *thread));

// Has all threads of all stand, and waits until they do.
void inferiors_halt(void);

// Sends them the signals that the plan gives, but for that of a fault, which its thread stands at. False: one cannot be sent.
bool inferiors_signal(const struct resume_plan *plan);

// Lets them go on. False: one of them has a stop to tell first, and none was let go.
bool inferiors_resume(const struct resume_plan *plan, struct debug_stop *stop);

// Whether something has happened since: one stopped or ended. Then all stand.
bool inferiors_poll(struct debug_stop *stop);

// Watches all for inferiors_poll (EVENT_READY).
void inferiors_watch(void);

// What the kernel's points (a bit each) say of a stop.
void breaks_explain(const struct inferior *inferior, uint32_t points, struct debug_stop *stop);

// A thread of an inferior; false: it has ended.
bool inferior_thread_next(const struct inferior *inferior, uint64_t after, struct debugged_thread *thread);

// What the process is; false: it has ended.
bool inferior_information(const struct inferior *inferior, struct debug_information *information);
