// Interrupt lines: the seam between the machine's interrupt controller and whoever makes objects of its lines.
#pragma once

#include <stdint.h>

void interrupt_line_mask(uint32_t line);
void interrupt_line_unmask(uint32_t line);

// Called for each device interrupt, in interrupt context, its line masked and acknowledged at the controller. Set once at boot
// by whoever serves interrupt objects; null: the interrupt is logged as unexpected.
extern void (*interrupt_line_handler)(uint32_t line);
