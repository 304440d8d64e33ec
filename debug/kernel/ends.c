// Ends of processes: GDB is told at once of those in which it has points, and all are kept for its helpers.
//
// A stop at the end of each process that GDB has ever heard of would be one after each command that the shell starts: whoever has a
// breakpoint in a program waits for it, and learns that it cannot come any more. Of the others the helpers tell at the next stop.
#include "debug/kernel/ends.h"

#include "debug/protocol/signals.h"
#include "kernel/process/process.h"
#include "kernel/process/subsystem.h"

enum { ENDS_KEPT = 64 };

// Read by debug/gdb/parley_inferiors.py, by these names.
struct {
    uint32_t count; // of all that were noted, the newest last
    struct debug_stop stops[ENDS_KEPT];
} debugger_ends;

static struct {
    const struct debug_stop *stop; // null: none
    bool is_told;                  // [a]
} ends[PROCESSOR_MAX];

static bool is_in_program(const struct break_point *point, uint32_t process) {
    return point->process == process && address_is_user(point->address);
}

// They can hold for nobody any more. True: there were some.
static bool points_forget(uint32_t process) {
    struct debug_thread thread = {.process = process};
    struct break_point point;
    bool is_any = false;
    for (uint32_t at = 0; break_next(&at, &point); at++) {
        if (!is_in_program(&point, process))
            continue;
        break_clear(&thread, point.kind, point.address, point.size);
        is_any = true;
    }
    return is_any;
}

static void process_told(struct process *process) {
    uint32_t cpu = processor_index();
    if (!machine.is_ready || machine.is_given_up || machine.is_panicking)
        return;
    struct debug_stop stop = signal_stop_of_end(&process->end);
    uint32_t place = __atomic_fetch_add(&debugger_ends.count, 1, __ATOMIC_RELAXED) % ENDS_KEPT;
    debugger_ends.stops[place] = stop;
    if (!points_forget(process->id) || !server.multiprocess || hold_is_lent())
        return;
    ends[cpu].is_told = false;
    ends[cpu].stop = &stop;
    while (server.is_attached && !__atomic_load_n(&ends[cpu].is_told, __ATOMIC_ACQUIRE))
        __asm__ volatile("int3" : : : "memory"); // again, where another CPU stopped the machine at the same time
    ends[cpu].stop = 0;
}

bool end_stopped_at(uint32_t cpu, struct debug_stop *stop) {
    if (ends[cpu].stop == 0 || ends[cpu].is_told)
        return false;
    *stop = *ends[cpu].stop;
    ends[cpu].is_told = true;
    return true;
}

bool end_is_unwanted(uint32_t cpu) {
    return ends[cpu].stop != 0 && !server.is_attached;
}

SUBSYSTEM(debugger_ends_subsystem) = {
    .name = "debugger's ends",
    .process_told = process_told,
};
