// Why CPUs stop: a byte on the line, break and watch points, steps, panics; and how each goes on (hold.c says how they stand).
#include "debug/console/console.h"
#include "debug/kernel/ends.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/debugger.h"
#include "kernel/base/log.h"
#include "kernel/boot/boot.h"

#include <arch/page_table.h>

enum {
    STEPS_ALONE = 512, // before the others run for a moment: what the steps wait for may be theirs to do
    LINE_LOOK = 16,    // after how many steps of a range the line is looked at
    BYTE_BREAK = 0x03,
};

#define STATUS_STEP (1 << 14)
#define STATUS_POINTS 0xf
#define STATUS_CLEAR UINT64_C(0xffff0ff0)
#define FLAG_RESUME (UINT64_C(1) << 16)

static void stop_of(uint32_t self, const struct trap_frame *frame, struct debug_stop *stop) {
    *stop = (struct debug_stop){.thread = thread_of_frame(self, frame), .signal = SIGNAL_TRAP, .processor = self};
}

// ---- going on ----

static bool is_break(uint8_t byte) {
    return byte == BYTE_BREAK || byte == '$'; // a packet while a GDB waits is another GDB's
}

bool step_goes_on(const struct trap_frame *frame) {
    uint8_t byte;
    if (frame->rip < stepping.start || frame->rip >= stepping.end)
        return false;
    if (!line_get(&byte) || !is_break(byte))
        return true;
    if (byte == '$')
        line_begin_anew();
    return false;
}

static bool steps_here(uint32_t self) {
    return stepping.is_wanted && stepping.cpu == self;
}

// Returns when the CPU is to run on with the frame: the calling one, which may have become another in a session.
static void go_on(struct trap_frame *frame) {
    for (;;) {
        uint32_t self = processor_index();
        hold_wait_to_go(self);
        if (!hold_begin_leaving(self))
            continue;
        bool steps = steps_here(self);
        stepping.is_wanted &= !steps;
        if (!steps || step_begin(frame)) {
            hold_leave(self, steps);
            return;
        }
        hold_stand(self, frame); // the step is done without running
        struct debug_stop stop;
        stop_of(self, frame, &stop);
        if (!hold_claim(self))
            continue;
        hold_others(self);
        session_run(&stop);
    }
}

// Whether somebody still wants to be told: GDB may have gone, or taken its points away, while the stop was kept.
static bool is_wanted(const struct debug_stop *stop) {
    struct break_point point;
    bool is_set = false;
    for (uint32_t at = 0; stop->is_break && !is_set && break_next(&at, &point); at++)
        is_set = point.kind == stop->kind && point.address == stop->address;
    return stop->is_break ? is_set : stop->is_fault || server.is_attached || machine.first_byte >= 0;
}

// What becomes of a stop while somebody else holds the machine: one that would not come again by itself is kept. The end of a step is
// nobody's any more when another stop was told meanwhile.
enum keep { KEEP_NOT, KEEP_UNTIL_TOLD, KEEP };

static void stop_for(struct trap_frame *frame, struct debug_stop *stop, enum keep keep) {
    uint32_t self = processor_index(), stops = machine.stops; // none can begin unnoticed before this CPU stands
    if (hold_is_lent())
        return;
    hold_stand(self, frame);
    while (!hold_claim(self)) {
        page_table_flush_serve(); // for who runs while the machine is lent
        hold_wait_to_go(self);
        if (keep == KEEP_NOT || (keep == KEEP_UNTIL_TOLD && machine.stops != stops) || steps_here(self) ||
            !is_wanted(stop)) {
            go_on(frame);
            return;
        }
    }
    hold_others(self);
    session_run(stop);
    go_on(frame);
}

// ---- the line ----

// Ctrl-C of a GDB that waits, or the first packet of a new one.
static bool line_wants_stop(void) {
    uint8_t byte;
    while (line_get(&byte)) {
        if (byte == '$')
            line_begin_anew();
        if (byte == '$' || (byte == BYTE_BREAK && server.is_attached))
            return true;
    }
    return false;
}

static void stop_for_line(struct trap_frame *frame) {
    struct debug_stop stop;
    stop_of(processor_index(), frame, &stop);
    stop.signal = SIGNAL_INTERRUPT;
    stop_for(frame, &stop, KEEP);
}

void line_begin_anew(void) {
    machine.first_byte = '$';
    server.is_attached = false; // the new one asks why we stand
}

// ---- interruptions ----

// The first CPU hears the line, but not while whoever asked there waits for his answer. While it steps itself, what the step waits for
// may never come.
static bool hears_line(uint32_t self) {
    return self == 0 && (!hold_is_mine(self) || stepping.is_on) && !hold_is_lent();
}

static bool on_non_maskable(struct trap_frame *frame) {
    uint32_t self = processor_index();
    bool is_ours = machine.is_interrupted || line_has_byte(); // which is looked at on the way out
    if (!hold_is_anothers(self))
        return is_ours;
    hold_stand(self, frame);
    go_on(frame);
    return true;
}

// Stands or stops as long as it is asked to. What asks while it looks sets line_rang, or finds the state.
static void leave_when_not_asked(struct trap_frame *frame) {
    for (;;) {
        uint32_t self = processor_index();
        __atomic_store_n(&machine.line_rang, false, __ATOMIC_SEQ_CST);
        if (hears_line(self) && line_wants_stop())
            stop_for_line(frame);
        self = processor_index();
        hold_exit(self);
        if (!__atomic_load_n(&machine.line_rang, __ATOMIC_SEQ_CST) && !hold_is_anothers(self))
            return;
        hold_enter(self);
        if (!hold_is_anothers(self))
            continue;
        hold_stand(self, frame);
        go_on(frame);
    }
}

// `sti; hlt` lets no interrupt in between, but an NMI comes, and then the interrupt that is to end the halt comes before it. The idle loop
// looks again after a halt that was none.
static void skip_halt(struct trap_frame *frame) {
    uint8_t instruction;
    if (!trap_from_user(frame) && (frame->rflags & FLAG_INTERRUPT) && memory_peek(frame->rip, &instruction, 1) &&
        instruction == OPCODE_HALT)
        frame->rip++;
}

// In the middle of the stub, or on the way to it. An NMI is sent again, or is of the line, which is looked at before the stub is left.
static bool on_the_way(const struct trap_frame *frame) {
    if (frame->vector == VECTOR_BREAKPOINT)
        return false;
    if (frame->vector == VECTOR_NMI)
        __atomic_store_n(&machine.line_rang, true, __ATOMIC_SEQ_CST);
    return true;
}

void stop_at(struct trap_frame *frame, struct debug_stop *stop) {
    hold_enter(processor_index());
    stop_for(frame, stop, KEEP);
    leave_when_not_asked(frame);
}

// ---- ranges of steps ----

// For the next step of a range the machine stays with this CPU, or is everybody's for a moment.
static void step_again(uint32_t self) {
    breakpoints_apply(); // also where the last step began
    stepping.is_wanted = stepping.is_repeated = true;
    stepping.cpu = self;
    if (!step_gives_way()) {
        hold_let_step(self);
        return;
    }
    machine_let_all_go();
    hold_give_way(self);
}

bool step_gives_way(void) {
    return ++machine.steps % STEPS_ALONE == 0 && machine.others_run;
}

// A step is done. True: it was not the last of its range, or the way off a breakpoint, and this CPU goes on.
static bool range_goes_on(struct trap_frame *frame) {
    uint32_t self = processor_index();
    if (!stepping.then_runs && !step_goes_on(frame))
        return false;
    hold_stand(self, frame);
    if (hold_claim(self)) {
        hold_others(self);
        if (stepping.then_runs)
            machine_resume_stepped();
        else
            step_again(self);
    } // else somebody else has stopped the machine: the range is left to GDB
    go_on(frame);
    return true;
}

// ---- breakpoints ----

static void panic_session(struct trap_frame *frame) {
    uint32_t self = processor_index();
    struct debug_stop stop;
    hold_stand(self, frame);
    stop_of(self, frame, &stop);
    stop.signal = SIGNAL_ABORT;
    for (;;)
        session_run(&stop); // a GDB that came may go again
}

static bool on_breakpoint(struct trap_frame *frame) {
    uint32_t self = processor_index();
    struct debug_stop stop;
    if (machine.is_panicking && hold_is_mine(self))
        panic_session(frame);
    stop_of(self, frame, &stop);
    if (step_has_returned(frame)) {
        if (!range_goes_on(frame))
            stop_for(frame, &stop, KEEP_UNTIL_TOLD);
        return true;
    }
    bool is_ours = breakpoint_is_at(&stop.thread, frame->rip - 1);
    if (!is_ours && trap_from_user(frame))
        return false;
    if (!is_ours && end_is_unwanted(self))
        return true;
    if (is_ours) {
        frame->rip--;
        stop.is_break = true;
        stop.kind = BREAK_SOFTWARE;
    }
    stop_for(frame, &stop, KEEP_NOT);
    return true;
}

// ---- steps and watch points ----

static uint64_t debug_status_take(void) {
    uint64_t status;
    __asm__ volatile("movq %%dr6, %0" : "=r"(status));
    __asm__ volatile("movq %0, %%dr6" : : "r"(STATUS_CLEAR));
    return status;
}

// The next step of a range can begin where the last one ended: the others stand, the breakpoints are in, and nobody asks.
static bool range_goes_on_at_once(uint32_t self, const struct trap_frame *frame) {
    return stepping.is_repeated && !stepping.then_runs && !debugger_wants_pages && !hardware_is_used() &&
           hold_lets_step(self) && frame->rip >= stepping.start && frame->rip < stepping.end &&
           (machine.steps + 1) % STEPS_ALONE != 0 && ++machine.steps % LINE_LOOK != 0;
}

// The stepped thread has given its CPU away. False: for ever.
static bool on_switch(struct trap_frame *frame, struct debug_stop *stop) {
    uint32_t self = processor_index();
    stop->signal = SIGNAL_NONE; // GDB did not step this one
    if (!step_await_return())
        return false;
    hold_stand(self, frame);
    if (hold_claim(self)) {
        hold_others(self);
        breakpoints_apply();
        machine_let_all_go();
    }
    go_on(frame);
    return true;
}

// The step is done. True: it was not the last one, and this CPU goes on.
static bool on_step(struct trap_frame *frame, struct debug_stop *stop) {
    uint32_t self = processor_index();
    step_end(frame);
    if (!stepping.then_runs && !thread_is_same(&stop->thread, &stepping.thread))
        return on_switch(frame, stop);
    if (range_goes_on_at_once(self, frame))
        return step_begin(frame);
    return !hardware_value_changed(&stop->thread, stop) && range_goes_on(frame);
}

// A step may make its CPU another thread's, and its thread may come to another CPU.
static bool is_stepped_thread(const struct debug_stop *stop) {
    if (!stepping.is_on || stop->processor == stepping.cpu)
        return stepping.is_on;
    return thread_is_same(&stop->thread, &stepping.thread);
}

static bool on_debug(struct trap_frame *frame) {
    struct debug_stop stop;
    uint64_t status = debug_status_take();
    stop_of(processor_index(), frame, &stop);
    bool is_step = (status & STATUS_STEP) != 0 && is_stepped_thread(&stop);
    if ((status & STATUS_STEP) && !is_step)
        step_was_broken_off(frame);
    if (is_step && on_step(frame, &stop))
        return true;
    bool is_point = !stop.is_break && hardware_hit(status, &stop.thread, &stop);
    stop.ends_step = is_step;
    if (is_step || is_point)
        stop_for(frame, &stop, is_point ? KEEP : KEEP_UNTIL_TOLD);
    else if ((status & STATUS_POINTS) && hardware_breaks_at(frame->rip))
        frame->rflags |= FLAG_RESUME; // another process's
    return is_step || is_point || server.is_attached;
}

// ---- idle threads ----
//
// A session that begins out of a program runs on that thread's own stack, where it may sleep while a program does something for it. So that one
// out of the idle thread can let others run likewise, it does not begin in the handler of the line's NMI, on the CPU's stack for that, but
// behind it, on the idle thread's, as if that had stopped by itself.

extern const char idle_stop[];
void idle_stopped(struct trap_frame *frame); // where it leads to

// Or is about to.
static bool is_halting(const struct trap_frame *frame) {
    uint8_t instructions[2];
    return !trap_from_user(frame) && (frame->rflags & FLAG_INTERRUPT) &&
           memory_peek(frame->rip - 1, instructions, sizeof(instructions)) &&
           (instructions[0] == OPCODE_HALT || instructions[1] == OPCODE_HALT);
}

static bool idle_thread_is_to_stop(uint32_t self, const struct trap_frame *frame) {
    return frame->vector == VECTOR_NMI && processors[self].current == processors[self].idle && hears_line(self) &&
           line_has_byte() && !hold_is_anothers(self) && is_halting(frame);
}

static void idle_thread_stops(struct trap_frame *frame) {
    struct trap_frame *own = (struct trap_frame *)((frame->rsp - sizeof(*own)) & ~UINT64_C(15));
    *own = *frame;
    skip_halt(own);
    frame->rip = (uint64_t)idle_stop;
    frame->rsp = (uint64_t)own;
    frame->rflags &= ~(uint64_t)FLAG_INTERRUPT;
}

void idle_stopped(struct trap_frame *frame) {
    hold_enter(processor_index());
    leave_when_not_asked(frame);
}

// ---- the kernel's hooks ----

bool debugger_trap(struct trap_frame *frame) {
    static bool (*const handlers[])(struct trap_frame * frame) = {
        [VECTOR_DEBUG] = on_debug, [VECTOR_NMI] = on_non_maskable, [VECTOR_BREAKPOINT] = on_breakpoint};
    uint32_t self = processor_index();
    if (!machine.is_ready || machine.is_given_up || frame->vector < VECTOR_DEBUG || frame->vector > VECTOR_BREAKPOINT)
        return false;
    if (frame->vector == VECTOR_NMI)
        halt_interrupted(frame);
    if (hold_state(self) != CPU_RUNS || (frame->vector != VECTOR_BREAKPOINT && hold_is_on_the_way(self, frame)))
        return on_the_way(frame);
    if (idle_thread_is_to_stop(self, frame)) {
        idle_thread_stops(frame);
        return true;
    }
    hold_enter(self);
    bool is_ours = handlers[frame->vector](frame);
    skip_halt(frame);
    leave_when_not_asked(frame);
    return is_ours;
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
    if (machine.is_given_up || hold_state(self) == CPU_STANDS || !(server.is_attached || console_is_there())) {
        machine.is_given_up = true;
        return false;
    }
    hold_end_lending();
    while (!hold_claim(self))
        machine_relax(); // somebody else stops the machine: its NMI comes
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

// A page that a breakpoint waits for may have come: everybody stands for a moment, while it is put in. Not in the middle of a step.
void debugger_page_came(void) {
    uint32_t self = processor_index();
    if (!machine.is_ready || hold_is_mine(self) || !hold_claim(self))
        return;
    hold_others(self);
    breakpoints_apply();
    __asm__ volatile("movq %0, %%cr3" : : "r"(cr3_read()) : "memory");
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
    line_listen();
    log_line("debugger: on the second serial port");
}
