// What this processor can do, read once at boot from CPUID; all CPUs are taken to be alike.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct features {
    bool no_execute, smep, smap, umip, global_pages, gigabyte_pages, process_context_ids;
    bool xsave, xsaveopt, random, random_seed, tsc_deadline, invariant_tsc;
    uint32_t fpu_size;       // bytes of a thread's FPU area
    uint32_t fpu_components; // XCR0, whose upper half we leave off
    uint8_t physical_bits;
    uint32_t apic_id; // of the first CPU
};

extern struct features features;

// Fills `features`. Once, on the first CPU, before all else.
void features_start(void);

// Switches the calling CPU's protections and FPU on, as far as it has them.
void features_enable(void);
