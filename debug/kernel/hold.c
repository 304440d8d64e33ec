// Who holds the machine, how the other CPUs come to stand, and how they leave again.
//
// One CPU at a time holds it (machine.owner). It interrupts the others with NMIs; each stands in its handler until nobody holds the machine,
// or it is given the machine to step. Who leaves and who claims the machine at that moment both write before they read:
//
//   a CPU that leaves                          the next holder
//   state := LEAVES                            owner := me
//   still nobody's? state := RUNS              the other STANDS: good. LEAVES: looks again. RUNS: an NMI
//   if not:         state := STANDS
//
// so that none runs on unnoticed. While the holder steps, or runs alone, the others may find that it comes to no end and let everybody go: the
// machine is then marked (OWNER_STEPS), the holder claims it anew when it is done, and one of the two wins.
//
// The holder may lend the machine to all programs, for what one of them does for it (files.c). No point is loaded then, nobody else comes to
// hold it, and what would stop it does not.
//
// An NMI that finds its CPU on its way into the stub or out of it is ignored there, because such a place
// cannot be stepped from; it is sent again until the CPU stands.
#include "debug/kernel/private.h"
#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/registers.h"

#include <arch/page_table.h>

enum {
    STAND_WAIT = 20000000, // how long the holder waits for CPUs that do not come
    STAND_AGAIN = 20000,   // and after how long it sends another NMI
    STEP_WAIT = 20000000,  // how long the others stand while one steps,
    STEP_WAIT_SURE = 5000, // and how long where its instruction waits for them
    RUN_WAIT = 3000,       // how long they run where a step gives way to them
    OWNER_STEPS = 1 << 16, // of machine.owner
    OWNER_LENDS = 1 << 17, // alone
    LINE_LOOK = 256,       // how often one looks at the line while another runs alone
};

#define FLAG_RESUME (UINT64_C(1) << 16)

struct stopped_cpu stopped_cpus[PROCESSOR_MAX];
struct machine_state machine = {.first_byte = -1};

// ---- what a CPU does ----

static void state_set(uint32_t cpu, enum cpu_state state) {
    __atomic_store_n(&stopped_cpus[cpu].state, state, __ATOMIC_SEQ_CST);
}

enum cpu_state hold_state(uint32_t cpu) {
    return __atomic_load_n(&stopped_cpus[cpu].state, __ATOMIC_SEQ_CST);
}

uint32_t hold_owner(void) {
    return __atomic_load_n(&machine.owner, __ATOMIC_SEQ_CST) & ~(uint32_t)(OWNER_STEPS | OWNER_LENDS);
}

bool hold_is_anothers(uint32_t self) {
    uint32_t owner = hold_owner();
    return owner != 0 && owner != self + 1;
}

bool hold_is_mine(uint32_t self) {
    return hold_owner() == self + 1;
}

void hold_enter(uint32_t self) {
    state_set(self, CPU_INSIDE);
}

void hold_exit(uint32_t self) {
    state_set(self, CPU_RUNS);
}

void hold_stand(uint32_t self, struct trap_frame *frame) {
    struct stopped_cpu *cpu = &stopped_cpus[self];
    if (hold_state(self) != CPU_LEAVES) // else it stood already
        cpu->tick_left = processors[self].next_tick - clock_now();
    hardware_unload();
    cpu->page_fault_address = cr2_read();
    cpu->root = cr3_read();
    cpu->fpu_changed = cpu->base_changed = false;
    __asm__ volatile("fxsave64 (%0)" : : "r"(cpu->fpu) : "memory");
    __atomic_store_n(&cpu->frame, frame, __ATOMIC_RELEASE);
    state_set(self, CPU_STANDS);
}

bool hold_begin_leaving(uint32_t self) {
    state_set(self, CPU_LEAVES);
    if (!hold_is_anothers(self))
        return true;
    state_set(self, CPU_STANDS);
    return false;
}

// The page tables may show other pages than before: what was remembered of them is forgotten. The thread did not use the time of the stop,
// which would make it sink in priority.
void hold_leave(uint32_t self, bool steps) {
    struct stopped_cpu *cpu = &stopped_cpus[self];
    if (cpu->fpu_changed)
        __asm__ volatile("fxrstor64 (%0)" : : "r"(cpu->fpu) : "memory");
    if (cpu->base_changed)
        msr_write(MSR_FS_BASE, processors[self].current->context.fs_base);
    __asm__ volatile("movq %0, %%cr3" : : "r"(cr3_read()) : "memory");
    if (hardware_breaks_at(cpu->frame->rip))
        cpu->frame->rflags |= FLAG_RESUME;
    __atomic_store_n(&cpu->frame, 0, __ATOMIC_RELEASE);
    processors[self].next_tick = clock_now() + cpu->tick_left;
    if (!hold_is_lent())
        hardware_load(steps);
    state_set(self, CPU_INSIDE);
}

// ---- waiting to go ----

// For the threads that were on a CPU too.
void machine_hold_time(void) {
    uint64_t begin = machine.stopped;
    if (begin == 0)
        return;
    machine.stopped = clock_stood(begin);
    for (uint32_t cpu = 0; cpu < processor_count; cpu++)
        if (processors[cpu].current != 0)
            processors[cpu].current->switched_in += machine.stopped - begin;
}

uint64_t machine_time(void) {
    return clock_at(machine.stopped != 0 ? machine.stopped : clock_counter());
}

static void let_time_go(void) {
    machine_hold_time();
    machine.stopped = 0;
}

void machine_let_all_go(void) {
    let_time_go();
    line_listen();
    __atomic_store_n(&machine.owner, 0, __ATOMIC_SEQ_CST);
    halt_wake_others();
}

void hold_let_step(uint32_t cpu) {
    let_time_go();
    __atomic_store_n(&machine.owner, (cpu + 1) | OWNER_STEPS, __ATOMIC_SEQ_CST);
    halt_wake_others();
}

bool hold_is_for_long(uint32_t self) {
    uint32_t owner = __atomic_load_n(&machine.owner, __ATOMIC_SEQ_CST);
    return owner != 0 && owner != self + 1 && !(owner & OWNER_STEPS);
}

bool hold_lets_step(uint32_t self) {
    return __atomic_load_n(&machine.owner, __ATOMIC_SEQ_CST) == ((self + 1) | OWNER_STEPS);
}

// Somebody steps, and does not come to an end of it.
static void let_go_of_step(uint32_t owner) {
    line_listen();
    owner |= OWNER_STEPS;
    __atomic_compare_exchange_n(&machine.owner, &owner, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

// One that runs alone has no end to wait for: its CPU goes on until it is another thread's, or the line, which CPU 0 hears, wants all to stop.
static bool is_step_over(uint32_t self, uint32_t spins, bool waits) {
    if (waits || !stepping.is_alone)
        return spins > (waits ? STEP_WAIT_SURE : STEP_WAIT);
    return self == 0 && spins % LINE_LOOK == LINE_LOOK - 1 && line_has_byte();
}

void hold_wait_to_go(uint32_t self) {
    uint32_t spins = 0;
    for (uint32_t owner = hold_owner(); owner != 0 && owner != self + 1; owner = hold_owner()) {
        bool is_stepping = stepping.is_on && hold_state(owner - 1) == CPU_RUNS;
        bool waits = stepping.waits || processors[owner - 1].current != stepping.current;
        spins = is_stepping ? spins + 1 : 0;
        if (is_step_over(self, spins, waits))
            let_go_of_step(owner);
        page_table_flush_serve();
        processor_pause();
        halt_until_changed(self);
    }
}

// ---- getting hold ----

bool hold_claim(uint32_t self) {
    uint32_t seen = __atomic_load_n(&machine.owner, __ATOMIC_SEQ_CST);
    while (seen == 0 || (seen & ~(uint32_t)OWNER_STEPS) == self + 1)
        if (__atomic_compare_exchange_n(&machine.owner, &seen, self + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return true;
    return false;
}

static bool is_to_stand(uint32_t cpu, uint32_t self) {
    return cpu != self && __atomic_load_n(&processors[cpu].arch.running, __ATOMIC_ACQUIRE) &&
           hold_state(cpu) != CPU_STANDS;
}

static void interrupt_one(uint32_t cpu) {
    if (hold_state(cpu) == CPU_RUNS)
        local_apic_send_non_maskable(processors[cpu].arch.apic_id);
}

void hold_others(uint32_t self) {
    machine.is_interrupted = true;
    for (uint32_t cpu = 0; cpu < PROCESSOR_MAX; cpu++)
        if (is_to_stand(cpu, self))
            interrupt_one(cpu);
    for (uint32_t cpu = 0; cpu < PROCESSOR_MAX; cpu++) {
        for (uint32_t spins = 1; is_to_stand(cpu, self) && spins < STAND_WAIT; spins++) {
            if (spins % STAND_AGAIN == 0)
                interrupt_one(cpu);
            machine_relax();
        }
    }
}

// The machine is nobody's: what a step waits for may be what others are about to do.
void hold_give_way(uint32_t self) {
    for (uint32_t spins = 0; spins < RUN_WAIT && !hold_is_anothers(self); spins++)
        processor_pause();
}

// ---- lending ----

bool hold_is_lent(void) {
    return __atomic_load_n(&machine.owner, __ATOMIC_SEQ_CST) == OWNER_LENDS;
}

void hold_lend(uint32_t self) {
    let_time_go();
    __atomic_store_n(&machine.owner, OWNER_LENDS, __ATOMIC_SEQ_CST);
    halt_wake_others();
    hold_leave(self, false);
    hold_exit(self);
}

// Behind a panic, which does not ask, the machine never comes back.
void hold_take_back(struct trap_frame *frame) {
    uint32_t self = processor_index(), owner;
    hold_enter(self);
    hold_stand(self, frame);
    do {
        hold_wait_to_go(self);
        owner = OWNER_LENDS;
    } while (!__atomic_compare_exchange_n(&machine.owner, &owner, self + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    hold_others(self);
    machine.stopped = clock_counter();
}

void hold_end_lending(void) {
    uint32_t owner = OWNER_LENDS;
    __atomic_compare_exchange_n(&machine.owner, &owner, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

// Whether the CPU runs on a stack that it has for the debugger's exceptions, and so is on its way into the stub or out of it.
bool hold_is_on_the_way(uint32_t self, const struct trap_frame *frame) {
    if (trap_from_user(frame))
        return false;
    for (uint32_t i = 0; i < TASK_STACK_COUNT; i++) {
        uint64_t top = processors[self].arch.task.interrupt_stack[i];
        if (frame->rsp <= top && top - frame->rsp < KERNEL_STACK_SIZE)
            return true;
    }
    return hold_state(self) == CPU_INSIDE;
}
