// Stopping all CPUs, wherever they are, and letting them go: who holds the machine, who stands, who steps.
//
// One CPU at a time holds the machine (machine.owner). It interrupts the others with NMIs; each stands in its handler until nobody holds
// the machine, or it is given the machine to step:
//
//   holder                              another CPU
//   owner := me                         (runs, or was about to stop for itself: then it stands already)
//   NMI to all                          notes its frame, stands
//   waits for all frames                stands, serves requests to flush its TLB
//   talks with GDB                      stands
//   owner := 0, or a CPU that steps     leaves, or steps with the others still standing
#include "debug/console/console.h"
#include "debug/kernel/private.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/boot/boot.h"

#include <arch/page_table.h>

enum {
    STAND_WAIT = 20000000, // how long the holder waits for CPUs that do not come
    STEP_WAIT = 2000000,   // how long the others stand while one steps: its instruction may wait for them
    STEPS_ALONE = 16,
    BYTE_BREAK = 0x03,
};

#define STATUS_STEP (1 << 14)
#define STATUS_POINTS 0xf
#define STATUS_CLEAR UINT64_C(0xffff0ff0)
#define FLAG_RESUME (UINT64_C(1) << 16)

struct stopped_cpu stopped_cpus[PROCESSOR_MAX];
struct machine_state machine = {.first_byte = -1};

// ---- standing ----

static uint32_t owner_now(void) {
    return __atomic_load_n(&machine.owner, __ATOMIC_ACQUIRE);
}

static void note(uint32_t self, struct trap_frame *frame) {
    struct stopped_cpu *cpu = &stopped_cpus[self];
    hardware_unload();
    cpu->page_fault_address = cr2_read();
    cpu->root = cr3_read();
    cpu->fpu_changed = false;
    __asm__ volatile("fxsave64 (%0)" : : "r"(cpu->fpu) : "memory");
    __atomic_store_n(&cpu->frame, frame, __ATOMIC_RELEASE);
}

// The page tables may show other pages than before: what was remembered of them is forgotten.
static void leave(uint32_t self, struct trap_frame *frame, bool steps) {
    struct stopped_cpu *cpu = &stopped_cpus[self];
    if (cpu->fpu_changed)
        __asm__ volatile("fxrstor64 (%0)" : : "r"(cpu->fpu) : "memory");
    __asm__ volatile("movq %0, %%cr3" : : "r"(cr3_read()) : "memory");
    if (hardware_breaks_at(frame->rip))
        frame->rflags |= FLAG_RESUME;
    __atomic_store_n(&cpu->frame, 0, __ATOMIC_RELEASE);
    hardware_load(steps);
}

void machine_let_all_go(void) {
    line_listen(true);
    __atomic_store_n(&machine.owner, 0, __ATOMIC_RELEASE);
}

// Somebody steps, and does not come to an end of it.
static void let_go_of_step(uint32_t owner) {
    line_listen(true);
    __atomic_compare_exchange_n(&machine.owner, &owner, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void wait_to_go(uint32_t self) {
    uint32_t spins = 0;
    for (uint32_t owner = owner_now(); owner != 0 && owner != self + 1; owner = owner_now()) {
        bool is_stepping = stepping.is_on && stopped_cpus[owner - 1].frame == 0;
        spins = is_stepping ? spins + 1 : 0;
        if (spins > STEP_WAIT)
            let_go_of_step(owner);
        page_table_flush_serve();
        processor_pause();
    }
}

// ---- getting hold ----

static bool claim(uint32_t self) {
    uint32_t nobody = 0;
    return __atomic_compare_exchange_n(&machine.owner, &nobody, self + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
           nobody == self + 1;
}

static bool stands(uint32_t cpu) {
    return __atomic_load_n(&stopped_cpus[cpu].frame, __ATOMIC_ACQUIRE) != 0;
}

static bool runs(uint32_t cpu) {
    return __atomic_load_n(&processors[cpu].arch.running, __ATOMIC_ACQUIRE);
}

static void hold_others(uint32_t self) {
    machine.is_interrupted = true;
    for (uint32_t cpu = 0; cpu < PROCESSOR_MAX; cpu++)
        if (cpu != self && runs(cpu) && !stands(cpu))
            local_apic_send_non_maskable(processors[cpu].arch.apic_id);
    for (uint32_t cpu = 0; cpu < PROCESSOR_MAX; cpu++)
        for (uint32_t spins = 0; cpu != self && runs(cpu) && !stands(cpu) && spins < STAND_WAIT; spins++)
            machine_relax();
}

// ---- going on ----

bool step_goes_on(const struct trap_frame *frame) {
    uint8_t byte;
    if (frame->rip < stepping.start || frame->rip >= stepping.end)
        return false;
    return !line_get(&byte) || byte != BYTE_BREAK;
}

static void stop_of(uint32_t self, struct debug_stop *stop) {
    *stop = (struct debug_stop){.thread = thread_of_cpu(self), .signal = SIGNAL_TRAP, .processor = self};
}

// The machine stays with this CPU for another step, or is everybody's for a moment.
static void step_again(uint32_t self) {
    breakpoints_apply(); // also where the last step began
    stepping.is_wanted = true;
    stepping.cpu = self;
    if (machine.others_run && ++machine.steps % STEPS_ALONE == 0)
        machine_let_all_go();
}

static bool steps_here(uint32_t self) {
    return stepping.is_wanted && stepping.cpu == self;
}

// Returns when this CPU is to run on with the frame.
static void go_on(uint32_t self, struct trap_frame *frame) {
    bool steps = false;
    for (;;) {
        wait_to_go(self);
        if (!steps_here(self))
            break;
        stepping.is_wanted = false;
        steps = step_begin(frame);
        if (steps)
            break;
        struct debug_stop stop;
        stop_of(self, &stop);
        if (claim(self))
            session_run(&stop);
    }
    leave(self, frame, steps);
}

// Stops for a reason. One that would not come again by itself is kept while somebody else holds the machine.
static void stop_for(struct trap_frame *frame, struct debug_stop *stop, bool keep) {
    uint32_t self = processor_index();
    note(self, frame);
    while (!claim(self)) {
        wait_to_go(self);
        if (!keep || steps_here(self)) {
            go_on(self, frame);
            return;
        }
    }
    hold_others(self);
    session_run(stop);
    go_on(self, frame);
}

// ---- why CPUs come here ----

// A byte on the line: Ctrl-C of a GDB that waits, or the first packet of a new one.
static bool on_line(struct trap_frame *frame) {
    uint8_t byte;
    struct debug_stop stop;
    while (line_get(&byte)) {
        if (!(byte == BYTE_BREAK && server.is_attached) && byte != '$')
            continue;
        stop_of(processor_index(), &stop);
        stop.signal = SIGNAL_INTERRUPT;
        machine.first_byte = byte == '$' ? byte : -1;
        if (byte == '$')
            server.is_attached = false; // the new one asks why we stand
        stop_for(frame, &stop, true);
        return true;
    }
    return machine.is_interrupted;
}

static bool on_non_maskable(struct trap_frame *frame) {
    uint32_t self = processor_index(), owner = owner_now();
    if (stands(self) || owner == self + 1)
        return true;
    if (owner == 0)
        return self == 0 ? on_line(frame) : machine.is_interrupted;
    note(self, frame);
    go_on(self, frame);
    return true;
}

static void panic_session(struct trap_frame *frame) {
    uint32_t self = processor_index();
    struct debug_stop stop;
    note(self, frame);
    stop_of(self, &stop);
    stop.signal = SIGNAL_ABORT;
    for (;;)
        session_run(&stop); // a GDB that came may go again
}

static bool on_breakpoint(struct trap_frame *frame) {
    uint32_t self = processor_index();
    struct debug_stop stop;
    if (stands(self))
        return false;
    if (machine.is_panicking && owner_now() == self + 1)
        panic_session(frame);
    stop_of(self, &stop);
    bool is_ours = breakpoint_is_at(&stop.thread, frame->rip - 1);
    if (!is_ours && trap_from_user(frame))
        return false;
    if (stepping.is_on && owner_now() == self + 1)
        step_end(frame);
    if (is_ours) {
        frame->rip--;
        stop.is_break = true;
        stop.kind = BREAK_SOFTWARE;
    }
    stop_for(frame, &stop, false);
    return true;
}

static uint64_t debug_status_take(void) {
    uint64_t status;
    __asm__ volatile("movq %%dr6, %0" : "=r"(status));
    __asm__ volatile("movq %0, %%dr6" : : "r"(STATUS_CLEAR));
    return status;
}

// The step is done. True: the machine stands for another one of the range already.
static bool on_step(struct trap_frame *frame, struct debug_stop *stop) {
    uint32_t self = processor_index();
    step_end(frame);
    bool changed = hardware_value_changed(&stop->thread, stop);
    if (changed || !(stepping.then_runs || step_goes_on(frame)))
        return false;
    note(self, frame);
    if (!claim(self)) {
        stepping.is_wanted = false; // somebody else has stopped the machine: the range is left to GDB
        go_on(self, frame);
        return true;
    }
    hold_others(self);
    if (stepping.then_runs) {
        breakpoints_apply();
        machine_let_all_go();
    } else {
        step_again(self);
    }
    go_on(self, frame);
    return true;
}

// While the others stand there is but one step, even where the instruction made the CPU another thread's.
static bool is_stepped_thread(const struct debug_stop *stop) {
    if (!stepping.is_on || owner_now() == stop->processor + 1)
        return stepping.is_on;
    return stop->thread.process == stepping.thread.process && stop->thread.thread == stepping.thread.thread;
}

static bool on_debug(struct trap_frame *frame) {
    struct debug_stop stop;
    uint64_t status = debug_status_take();
    stop_of(processor_index(), &stop);
    bool is_step = (status & STATUS_STEP) != 0 && is_stepped_thread(&stop);
    if ((status & STATUS_STEP) && !is_step) {
        frame->rflags &= ~(uint64_t)FLAG_TRAP; // of a step that was broken off
        if (trap_from_user(frame))
            frame->rflags |= FLAG_INTERRUPT;
    }
    if (is_step && on_step(frame, &stop))
        return true;
    bool is_point = !stop.is_break && hardware_hit(status, &stop.thread, &stop);
    if (is_step || is_point)
        stop_for(frame, &stop, true);
    else if ((status & STATUS_POINTS) && hardware_breaks_at(frame->rip))
        frame->rflags |= FLAG_RESUME; // another process's
    return is_step || is_point || server.is_attached;
}

// ---- the kernel's hooks ----

bool debugger_trap(struct trap_frame *frame) {
    if (!machine.is_ready || machine.is_given_up)
        return false;
    switch (frame->vector) {
    case VECTOR_NMI:
        return on_non_maskable(frame);
    case VECTOR_DEBUG:
        return on_debug(frame);
    case VECTOR_BREAKPOINT:
        return on_breakpoint(frame);
    default:
        return false;
    }
}

bool debugger_enter(void) {
    if (!machine.is_ready || machine.is_given_up)
        return false;
    __asm__ volatile("int3");
    return true;
}

bool debugger_panic_begins(void) {
    uint32_t self = processor_index();
    if (!machine.is_ready || lending_caught())
        return false;
    if (machine.is_given_up || stands(self) || !(server.is_attached || console_is_there())) {
        machine.is_given_up = true;
        return false;
    }
    while (!claim(self))
        processor_pause(); // somebody else stops the machine: its NMI comes
    machine.is_panicking = true;
    hold_others(self);
    return true;
}

// Whoever is to restart the machine by itself gets it back, unless a GDB looks.
void debugger_panic_told(void) {
    if (!machine.is_panicking)
        return;
    console_tell_panic();
    if (server.is_attached || !boot_has_word("panic=reboot"))
        __asm__ volatile("int3");
}

// A page that a breakpoint waits for may have come: everybody stands for a moment, while it is put in.
void debugger_page_came(void) {
    uint32_t self = processor_index();
    if (!machine.is_ready || !claim(self))
        return;
    hold_others(self);
    breakpoints_apply();
    machine_let_all_go();
}

void debugger_start(void) {
    session_start();
}

void debugger_start_devices(void) {
    console_start_devices();
    if (!line_is_there())
        return;
    line_route();
    line_listen(true);
    log_line("debugger: on the second serial port");
}
