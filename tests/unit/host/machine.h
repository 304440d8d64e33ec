// The machine that the tested sources see: a clock that stands still until the test moves it, interrupt lines, I/O ports.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Moves the clock on; what timers are due by then go off.
void machine_clock_advance(uint64_t nanoseconds);

// A device pulls its line. False: the line is masked, nobody is told (a real controller keeps it until it is unmasked).
bool machine_line_raise(uint32_t line);

// Whether the controller lets the line through; how often it was masked by the tested sources.
bool machine_line_is_masked(uint32_t line);

void machine_line_mask_all(void); // as after boot

// Whether a process may use an I/O port. The kernel keeps ports 0x40 to 0x43 for itself.
struct process;
bool machine_port_is_open(const struct process *process, uint32_t port);

// How many lines the kernel's log got.
uint32_t machine_log_lines(void);
