// The CPUs beside the first: how they are found, started, told something and stopped.
//
// Rules: processors[i].arch.apic_id is set for all of processor_count by processor_found before machine_start_processors.
#pragma once

#include <stdint.h>

struct processor;

// From the ACPI tables, in their order: a CPU that can be used. The calling one gets index 0; more than PROCESSOR_MAX are left out.
void processor_found(uint32_t apic_id);

// Sets gs base, descriptors, system-call entry and protections of the calling CPU, which is `index`. No memory needed.
void processor_set_up(uint32_t index);

// Gives the first CPU stacks of the image's for these, until there is memory.
void processor_give_early_stacks(struct processor *processor);

// Gives the CPU its stacks for double faults and the like. After the kernel's memory is there. NO_MEMORY panics.
void processor_give_stacks(struct processor *processor);

// Serves what other CPUs asked this one for: TLB flushes, port bitmaps.
void processor_serve_requests(void);

// Where the CPUs beside the first come from processor_entry (boot.S).
_Noreturn void processor_start(uint32_t index);
