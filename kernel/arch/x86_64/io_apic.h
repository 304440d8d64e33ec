// The IO APIC: the pins that devices interrupt by.
//
// Rules: the caller serialises (interrupts.c has the lock).
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Maps one and masks all its pins. Only the one whose first pin is 0 is used.
void io_apic_map(uint64_t physical);

// How many pins it has; 0: there is none.
uint32_t io_apic_pins(void);

struct io_apic_route {
    uint32_t vector;
    uint32_t apic_id; // of the CPU
    bool level, active_low, masked;
    bool non_maskable; // delivered as NMI: the vector is not used
};

void io_apic_route(uint32_t pin, const struct io_apic_route *route);
