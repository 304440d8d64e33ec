// Interrupts: device lines of the IO APIC, the timer, and what CPUs tell each other.
//
// Rules: a line below 16 is an ISA interrupt and goes to the IO APIC pin that the firmware names for it; the others are pins.
// A level-triggered line is masked in the controller from its delivery until interrupt_line_unmask. An edge that comes while
// its line is masked would be lost for ever there, so an edge-triggered line is masked by us: the edge is kept and
// delivered when the line is unmasked. Takes RANK_CONTROLLER itself.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Masks the old controllers off and sets all lines up, masked. Once, before the ACPI tables wire them.
void interrupt_start(void);

// From the trap code: one interrupt of the vector.
void interrupt_handle(uint32_t vector);

// From the trap code: halts the CPU where a panic asked for it.
void interrupt_non_maskable(void);

// Delivers an edge-triggered line as NMI to the first CPU from now on: for a debugger's, which nobody else may use. At boot.
void interrupt_line_deliver_non_maskable(uint32_t line);

// How the firmware wired an ISA interrupt (from the MADT).
void interrupt_line_wire(uint32_t line, uint32_t pin, bool level, bool active_low);
