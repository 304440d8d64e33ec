// The processor's break and watch points of debugged processes, and the debug exceptions of programs.
//
// A CPU is loaded when a thread of the process is on its way to its program (DEMAND_POINTS), and keeps what it has: taking it away at each
// switch would cost all switches. So a point may be hit in another process, once: that unloads the CPU. The kernel's own debugger
// loads the same four registers when it has points itself.
#include "kernel/abi/debug.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/process/debugger.h"
#include "kernel/process/process.h"
#include "kernel/thread/processor.h"
#include "kernel/thread/thread.h"

enum { CONTROL_ALWAYS = 1 << 10, CONTROL_KIND_SHIFT = 16, KIND_WRITE = 1, KIND_ACCESS = 3, LENGTH_SHIFT = 2 };

#define STATUS_STEP (UINT64_C(1) << 14)
#define STATUS_POINTS UINT64_C(0xf)
#define FLAG_RESUME (UINT64_C(1) << 16)

static uint32_t loaded[PROCESSOR_MAX]; // process id by CPU; 0: of none. Each CPU's is its own

static uint64_t point_control(const struct debug_point *point, uint32_t i) {
    static const uint8_t kinds[DEBUG_BREAK_KINDS] = {
        [DEBUG_WATCH_WRITE] = KIND_WRITE, [DEBUG_WATCH_ACCESS] = KIND_ACCESS};
    static const uint8_t lengths[] = {[1] = 0, [2] = 1, [4] = 3, [8] = 2};
    uint64_t bits = kinds[point->kind] | (uint64_t)lengths[point->size] << LENGTH_SHIFT;
    return bits << (CONTROL_KIND_SHIFT + 4 * i) | UINT64_C(2) << (2 * i);
}

static void control_load(uint64_t control) {
    __asm__ volatile("movq %0, %%dr7" : : "r"(control));
}

void arch_debug_points_load(uint32_t process, const struct debug_point *points) {
    uint64_t control = CONTROL_ALWAYS;
    for (uint32_t i = 0; i < DEBUG_POINTS; i++)
        if (points[i].size != 0)
            control |= point_control(&points[i], i);
    if (control == CONTROL_ALWAYS && loaded[processor_index()] == 0)
        return;
    __asm__ volatile("movq %0, %%dr0" : : "r"(points[0].address));
    __asm__ volatile("movq %0, %%dr1" : : "r"(points[1].address));
    __asm__ volatile("movq %0, %%dr2" : : "r"(points[2].address));
    __asm__ volatile("movq %0, %%dr3" : : "r"(points[3].address));
    control_load(control);
    loaded[processor_index()] = control != CONTROL_ALWAYS ? process : 0;
}

static uint64_t status_read(void) {
    uint64_t status;
    __asm__ volatile("movq %%dr6, %0" : "=r"(status));
    return status;
}

static void status_clear(uint64_t bits) {
    __asm__ volatile("movq %0, %%dr6" : : "r"(status_read() & ~bits));
}

// Whether the hit points are the running process's; another's are taken out of this CPU.
static bool points_are_mine(const struct process *process) {
    uint32_t *owner = &loaded[processor_index()];
    if (*owner == process->id)
        return true;
    control_load(CONTROL_ALWAYS);
    *owner = 0;
    return false;
}

bool debug_trap(struct trap_frame *frame) {
    const struct process *process = process_current();
    uint64_t status = status_read();
    uint32_t points = loaded[processor_index()] != 0 ? status & STATUS_POINTS : 0;
    bool was_stale = points != 0 && !points_are_mine(process);
    if (was_stale)
        points = 0;
    bool is_ours = (points != 0 || thread_current()->debug.steps) && debugger_takes_trap(status & STATUS_STEP, points);
    if (is_ours && points != 0)
        frame->rflags |=
            FLAG_RESUME; // the instruction at a break point was not executed, and is to be when the thread goes on
    if (is_ours || was_stale)
        status_clear(STATUS_POINTS | (is_ours ? STATUS_STEP : 0));
    return is_ours || (was_stale && !(status & STATUS_STEP));
}
