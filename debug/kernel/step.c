// A single step: the trap flag for one instruction, with interrupts off, so that it lands behind that instruction and nowhere else.
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/string.h"

enum {
    OPCODE_CLEAR_INTERRUPTS = 0xfa,
    OPCODE_SET_INTERRUPTS = 0xfb,
    OPCODE_POP_FLAGS = 0x9d,
    OPCODE_PUSH_FLAGS = 0x9c,
    OPCODE_RETURN_FROM_INTERRUPT = 0xcf,
    OPCODE_WIDE = 0x48, // before it
    OPCODE_ESCAPE = 0x0f,
    OPCODE_SYSTEM_CALL = 0x05, // behind it
    OPCODE_SYSTEM_RETURN = 0x07,
};

struct stepping stepping;
extern const char step_return[];

static bool is_system_call(const uint8_t *instruction) {
    return instruction[0] == OPCODE_ESCAPE && instruction[1] == OPCODE_SYSTEM_CALL;
}

// It takes the program's flags from r11, and the trap flag too: the one that is set when it begins makes no trap.
static bool is_system_return(void) {
    const uint8_t *instruction = stepping.instruction;
    return instruction[0] == OPCODE_WIDE && instruction[1] == OPCODE_ESCAPE && instruction[2] == OPCODE_SYSTEM_RETURN;
}

// A whole system call lies in one step of a program: it may wait for what others do.
bool step_needs_others(const struct debug_thread *thread, const struct trap_frame *frame) {
    uint8_t instruction[2] = {0, 0};
    target_memory_read(thread, frame->rip, instruction, sizeof(instruction));
    return trap_from_user(frame) && is_system_call(instruction);
}

// A halt may return at any time; and the instruction behind `sti`, mostly a halt, belongs to it, for the processor.
static bool is_done_here(struct trap_frame *frame) {
    if (stepping.instruction[0] == OPCODE_SET_INTERRUPTS)
        frame->rflags |= FLAG_INTERRUPT;
    return stepping.instruction[0] == OPCODE_SET_INTERRUPTS || stepping.instruction[0] == OPCODE_HALT;
}

bool step_begin(struct trap_frame *frame) {
    memset(stepping.instruction, 0, sizeof(stepping.instruction));
    target_memory_read(&stepping.thread, frame->rip, stepping.instruction, sizeof(stepping.instruction));
    if (!trap_from_user(frame) && is_done_here(frame)) {
        frame->rip++;
        return false;
    }
    stepping.flags = (uint32_t)frame->rflags;
    stepping.is_on = true;
    stepping.waits = false;
    stepping.current = processor_current()->current;
    frame->rflags |= FLAG_TRAP;
    if (!is_system_call(stepping.instruction))
        frame->rflags &= ~(uint64_t)FLAG_INTERRUPT;
    stepping.return_flags = frame->r11;
    stepping.is_return = !trap_from_user(frame) && is_system_return();
    if (stepping.is_return)
        frame->r11 = (frame->r11 | FLAG_TRAP) & ~(uint64_t)FLAG_INTERRUPT;
    hardware_note_values(&stepping.thread);
    return true;
}

// Behind a return from a system call the flags are the program's.
static void return_flags_restore(struct trap_frame *frame) {
    frame->r11 = stepping.return_flags;
    if (trap_from_user(frame))
        stepping.flags = (uint32_t)stepping.return_flags;
}

// Where it goes on without stepping, and may be interrupted again.
static void flags_restore(struct trap_frame *frame) {
    if (stepping.is_return)
        return_flags_restore(frame);
    frame->rflags = (frame->rflags & ~(uint64_t)(FLAG_TRAP | FLAG_INTERRUPT)) | (stepping.flags & FLAG_INTERRUPT);
    if (frame->vector == VECTOR_SYSTEM_CALL)
        frame->r11 &= ~(uint64_t)FLAG_TRAP;
}

// ---- a thread that gives its CPU away ----
//
// In the middle of a switch the CPU becomes another thread's. The step is over where its own thread comes back: the address for that, on
// its stack, is changed for one where a trap lies. Up to its end the switch keeps all other CPUs off that stack.

bool step_await_return(void) {
    struct thread *thread = thread_find(&stepping.thread);
    if (thread == 0 || thread->state == THREAD_ENDED)
        return false;
    stepping.return_place = (uint64_t *)thread->context.stack_pointer;
    stepping.return_address = *stepping.return_place;
    *stepping.return_place = (uint64_t)step_return;
    stepping.is_on = stepping.awaits_return = true;
    return true;
}

bool step_has_returned(struct trap_frame *frame) {
    if (!stepping.awaits_return || frame->rip != (uint64_t)step_return + 1)
        return false;
    frame->rip = stepping.return_address;
    stepping.is_on = stepping.awaits_return = false;
    return true;
}

// It waits still, or has come as far as the trap and not into it.
static void return_cancel(void) {
    if (*stepping.return_place == (uint64_t)step_return)
        *stepping.return_place = stepping.return_address;
    for (uint32_t cpu = 0; cpu < processor_count; cpu++) {
        struct trap_frame *frame = stopped_cpus[cpu].frame;
        if (frame != 0 && frame->rip == (uint64_t)step_return)
            frame->rip = stepping.return_address;
    }
    stepping.awaits_return = false;
}

// ---- the end ----

// The thread stands before its instruction, or is in the kernel on its behalf.
void step_cancel(void) {
    if (stepping.awaits_return)
        return_cancel();
    int cpu = stepping.is_on ? thread_cpu(&stepping.thread) : -1;
    struct trap_frame *frame = cpu >= 0 ? stopped_cpus[cpu].frame : 0;
    struct trap_frame *below = stepping.is_on ? thread_user_frame(&stepping.thread) : 0;
    if (frame != 0 && (frame->rflags & FLAG_TRAP))
        flags_restore(frame);
    else if (below != 0 && (below->rflags & FLAG_TRAP))
        flags_restore(below);
    stepping.is_on = stepping.is_wanted = false;
}

void step_was_broken_off(struct trap_frame *frame) {
    frame->rflags &= ~(uint64_t)FLAG_TRAP;
    if (trap_from_user(frame))
        frame->rflags |= FLAG_INTERRUPT;
}

static bool sets_flags(void) {
    uint8_t first = stepping.instruction[0];
    return first == OPCODE_CLEAR_INTERRUPTS || first == OPCODE_SET_INTERRUPTS || first == OPCODE_POP_FLAGS ||
           first == OPCODE_RETURN_FROM_INTERRUPT ||
           (first == OPCODE_WIDE && stepping.instruction[1] == OPCODE_RETURN_FROM_INTERRUPT);
}

// The instruction pushed the flags of the step: what lies on the stack is to be what it would have been.
static void mend_pushed_flags(const struct trap_frame *frame) {
    uint64_t flags;
    if (target_memory_read(&stepping.thread, frame->rsp, &flags, sizeof(flags)) != sizeof(flags))
        return;
    flags = (flags & ~(uint64_t)(FLAG_TRAP | FLAG_INTERRUPT)) | (stepping.flags & (FLAG_TRAP | FLAG_INTERRUPT));
    target_memory_write(&stepping.thread, frame->rsp, &flags, sizeof(flags));
}

void step_end(struct trap_frame *frame) {
    stepping.is_on = false;
    frame->rflags &= ~(uint64_t)FLAG_TRAP;
    if (stepping.is_return)
        return_flags_restore(frame);
    if (!sets_flags())
        frame->rflags = (frame->rflags & ~(uint64_t)FLAG_INTERRUPT) | (stepping.flags & FLAG_INTERRUPT);
    if (stepping.instruction[0] == OPCODE_PUSH_FLAGS)
        mend_pushed_flags(frame);
    if (is_system_call(stepping.instruction))
        frame->r11 &= ~(uint64_t)FLAG_TRAP; // where the instruction keeps the flags
}
