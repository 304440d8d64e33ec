// The clocks: the processor's counter as monotonic time, the local APIC's timer, and how both are measured at boot.
#pragma once

#include <stdint.h>

// Measures counter and timer against the ACPI timer (kernel/arch/x86_64/acpi.h), and reads the real-time clock. After acpi_start
// and local_apic_enable. Once.
void clock_start(void);

// Seconds since 1970 UTC by the real-time clock; 0: it makes no sense.
uint64_t real_time_clock_read(void);
