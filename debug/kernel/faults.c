// Programs' faults: told, where that is asked for, before their handlers run or they are ended; and what becomes of them.
//
// As GDB has it with signals: `continue` gives the program its fault, `signal 0` has it try the instruction again, which may have been mended.
#include "debug/kernel/private.h"
#include "debug/protocol/signals.h"
#include "kernel/base/debugger.h"

// What a CPU stands at.
static struct {
    bool is_there, is_kept; // from the program
} faults[PROCESSOR_MAX];

static bool are_told;

bool faults_are_told(void) {
    return are_told;
}

void faults_tell(bool on) {
    are_told = on;
}

// A step that ends in a fault is answered by it, whatever was asked for: nothing else would.
static bool is_wanted(uint32_t signal) {
    bool steps = stepping.is_on && !stepping.is_alone && stepping.cpu == processor_index();
    return steps || (are_told && !(server.is_attached && server_passes(&server, signal)));
}

bool debugger_fault(struct trap_frame *frame) {
    uint32_t self = processor_index();
    struct debug_stop stop = {
        .thread = thread_of_cpu(self), .signal = signal_of_vector(frame->vector), .is_fault = true, .processor = self};
    if (!machine.is_ready || machine.is_given_up || machine.is_panicking || hold_state(self) != CPU_RUNS ||
        !is_wanted(stop.signal))
        return false;
    faults[self].is_there = true;
    faults[self].is_kept = false;
    stop_at(frame, &stop);
    self = processor_index();
    faults[self].is_there = false;
    return faults[self].is_kept;
}

void fault_move(uint32_t from, uint32_t to) {
    if (from == to || !faults[from].is_there)
        return;
    faults[to] = faults[from];
    faults[from].is_there = false;
}

void faults_decide(const struct resume_plan *plan) {
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        struct debug_thread thread = thread_of_cpu(cpu);
        const struct resume_action *action = faults[cpu].is_there ? resume_plan_find(plan, &thread) : 0;
        if (action != 0)
            faults[cpu].is_kept = action->keeps_fault;
    }
}

bool fault_is_passed(uint32_t cpu) {
    return faults[cpu].is_there && !faults[cpu].is_kept;
}
