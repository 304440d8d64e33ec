// The CPUs: setting up the one that runs, and telling the others.
#include "kernel/arch/x86_64/processors.h"

#include <arch/page_table.h>

#include "kernel/arch/machine.h"
#include "kernel/arch/x86_64/descriptors.h"
#include "kernel/arch/x86_64/features.h"
#include "kernel/arch/x86_64/interrupts.h"
#include "kernel/arch/x86_64/kernel_map.h"
#include "kernel/arch/x86_64/local_apic.h"
#include "kernel/arch/x86_64/registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/thread/processor.h"

enum { OWN_STACKS = 5, STACK_TOP_RESERVED = 16, EARLY_STACK_SIZE = 8192 };

// Flags that a system call clears: trap, interrupt, direction, I/O level, nested, alignment (which is access check in the kernel).
#define SYSTEM_CALL_FLAGS (FLAG_TRAP | FLAG_INTERRUPT | FLAG_DIRECTION | 3 << 12 | FLAG_NESTED | FLAG_ALIGNMENT)

extern const char system_call_entry[];

static bool stopping; // [a] a panic halts the machine

static void system_calls_enable(void) {
    msr_write(MSR_STAR, (uint64_t)SELECTOR_KERNEL_CODE << 32 | (uint64_t)(SELECTOR_KERNEL_DATA | 3) << 48);
    msr_write(MSR_LONG_STAR, (uint64_t)system_call_entry);
    msr_write(MSR_FLAG_MASK, SYSTEM_CALL_FLAGS);
}

void processor_set_up(uint32_t index) {
    struct processor *processor = &processors[index];
    processor->self = processor;
    processor->index = index;
    processor->arch.mask = 1u << index;
    descriptors_load(processor);
    msr_write(MSR_GS_BASE, (uint64_t)processor);
    msr_write(MSR_KERNEL_GS_BASE, 0);
    msr_write(MSR_FS_BASE, 0);
    system_calls_enable();
    features_enable();
}

// The entry code finds its CPU at the stack's top, whatever gs is.
static void stack_give(struct processor *processor, uint32_t stack, uint64_t end) {
    uint64_t top = end - STACK_TOP_RESERVED;
    *(struct processor **)top = processor;
    descriptors_set_stack(processor, stack, top);
}

void processor_give_early_stacks(struct processor *processor) {
    static uint8_t stacks[OWN_STACKS][EARLY_STACK_SIZE] __attribute__((aligned(16)));
    for (uint32_t stack = 1; stack <= OWN_STACKS; stack++)
        stack_give(processor, stack, (uint64_t)stacks[stack - 1] + EARLY_STACK_SIZE);
}

void processor_give_stacks(struct processor *processor) {
    for (uint32_t stack = 1; stack <= OWN_STACKS; stack++) {
        uint64_t base;
        enum status status = kernel_stack_create(0, &base);
        if (status != STATUS_OK)
            panic("no memory for the stacks of CPU %u: expected OK, found %d", processor->index, status);
        stack_give(processor, stack, base + KERNEL_STACK_SIZE);
    }
}

void processor_found(uint32_t apic_id) {
    uint32_t own = processors[0].arch.apic_id;
    if (apic_id == own)
        return;
    if (processor_count >= PROCESSOR_MAX) {
        log_line("CPU with APIC id %u is left out: %u are the most", apic_id, PROCESSOR_MAX);
        return;
    }
    processors[processor_count++].arch.apic_id = apic_id;
}

// ---- what CPUs tell each other ----

void machine_send_reschedule(uint32_t index) {
    local_apic_send(processors[index].arch.apic_id, VECTOR_RESCHEDULE);
}

void machine_send_flush(uint32_t targets) {
    for (; targets != 0; targets &= targets - 1)
        local_apic_send(processors[__builtin_ctz(targets)].arch.apic_id, VECTOR_FLUSH);
}

void processor_serve_requests(void) {
    struct arch_cpu *cpu = &processor_current()->arch;
    if (__atomic_load_n(&cpu->flush_pending, __ATOMIC_ACQUIRE))
        page_table_flush_serve();
    if (__atomic_load_n(&cpu->io_ports_pending, __ATOMIC_ACQUIRE))
        io_ports_serve();
}

void machine_relax(void) {
    processor_pause();
    processor_serve_requests();
}

void machine_wait_for_interrupt(void) {
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}

void machine_serve_interrupts(void) {
    __asm__ volatile("sti; nop; cli" : : : "memory");
}

// ---- the end ----

void interrupt_non_maskable(void) {
    if (__atomic_load_n(&stopping, __ATOMIC_ACQUIRE))
        processor_halt_forever();
    log_line("non-maskable interrupt: unexpected");
}

void machine_stop_others(void) {
    __atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < PROCESSOR_MAX; i++) {
        if (i != processor_index() && __atomic_load_n(&processors[i].arch.running, __ATOMIC_ACQUIRE))
            local_apic_send_non_maskable(processors[i].arch.apic_id);
    }
}

void machine_stop_all(void) {
    machine_stop_others();
    processor_halt_forever();
}
