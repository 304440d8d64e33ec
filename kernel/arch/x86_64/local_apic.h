// The local APIC: each CPU's own interrupt controller, its timer, and messages between CPUs.
//
// Rules: on the calling CPU, without locks. Times are counts of its own clock, local_apic_frequency a second.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Maps the registers (the same physical address on every CPU). Once.
void local_apic_map(uint64_t physical);

// Switches the calling CPU's on, timer off.
void local_apic_enable(void);

uint32_t local_apic_id(void);
void local_apic_end_of_interrupt(void);

// Interrupts the CPU with this APIC id; waits until the message before was sent.
void local_apic_send(uint32_t apic_id, uint32_t vector);
void local_apic_send_non_maskable(uint32_t apic_id);
void local_apic_send_start(uint32_t apic_id);               // INIT
void local_apic_send_code(uint32_t apic_id, uint64_t page); // SIPI: start at this physical page below 1 MiB

// One interrupt of the timer after `count` (0: never) of its clock.
void local_apic_timer_set(uint32_t count);
uint32_t local_apic_timer_left(void);
