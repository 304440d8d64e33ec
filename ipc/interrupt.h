// Interrupt lines as objects: an interrupt comes to its driver as an event, and not again until the driver said so. (R-B12)
// Source: seeds/002, "Events" (an interrupt was triggered); DESIGN "Interrupts".
//
// The line is masked when it interrupts and unmasked by the acknowledgement. It is masked for good when the driver that is
// bound to it ends or the last number is closed. One notice carries the count and the time of the first.
#pragma once

#include "kernel/process/process.h"

struct interrupt;

extern const struct object_type interrupt_type;

// INVALID_ARGUMENT (no such line), BUSY (somebody has it), LIMIT_REACHED, NO_MEMORY.
enum status interrupt_make(struct account *account, uint32_t line, struct object **object);

// From now on the events go to this process, which knows the interrupt by `number`; unmasks the line.
void interrupt_bind(struct object *object, struct process *process, int32_t number);

void interrupt_acknowledge(struct object *object);
