// CPUs of the stopped machine halt instead of spinning, and who changes what they wait for wakes them by an NMI.
//
//   a CPU that halts                         who changes something
//   halts := 1                               owner := another, or a byte comes
//   still nothing? halts (halt.S)            halts? an NMI
//
// The handler of the NMI makes it 0 and goes on behind the halt. Without an NMI for the line (not yet routed) they spin.
#include "debug/kernel/private.h"
#include "kernel/arch/x86_64/local_apic.h"

extern void halt_begin(const uint32_t *halts);
extern const char halt_end[];

static void halts_set(uint32_t cpu, uint32_t halts) {
    __atomic_store_n(&stopped_cpus[cpu].halts, halts, __ATOMIC_SEQ_CST);
}

static void wake(uint32_t cpu) {
    if (__atomic_load_n(&stopped_cpus[cpu].halts, __ATOMIC_SEQ_CST) != 0)
        local_apic_send_non_maskable(processors[cpu].arch.apic_id);
}

void halt_until_changed(uint32_t self) {
    halts_set(self, 1);
    if (line_is_routed() && hold_is_for_long(self) && !processors[self].arch.flush_pending)
        halt_begin(&stopped_cpus[self].halts);
    halts_set(self, 0);
}

void halt_until_byte(uint32_t self) {
    if (!line_is_routed() || machine.is_panicking)
        return;
    halts_set(self, 1);
    line_listen();
    if (!line_has_byte())
        halt_begin(&stopped_cpus[self].halts);
    line_ignore();
    halts_set(self, 0);
}

void halt_wake_others(void) {
    uint32_t self = processor_index();
    for (uint32_t cpu = 0; cpu < processor_count; cpu++)
        if (cpu != self)
            wake(cpu);
}

void halt_interrupted(struct trap_frame *frame) {
    uint32_t self = processor_index();
    halts_set(self, 0);
    if (frame->rip >= (uint64_t)halt_begin && frame->rip < (uint64_t)halt_end)
        frame->rip = (uint64_t)halt_end;
    uint32_t owner = hold_owner();
    if (owner != 0 && owner != self + 1)
        wake(owner - 1);
}
