// Interrupts as objects: a line of the interrupt controller that a driver bound comes to it as EVENT_INTERRUPT, or by a link.
//
// The line is masked from each interrupt until the driver acknowledges it, so that no storm can hold a CPU; repeats before the
// event was taken are counted in it. When the driver dies the line is masked. A line that was not acknowledged for a second is
// logged once, and describe tells since when it waits. (R-B12)
//
// Rules: no lock may be held. One lock guards all lines.
#pragma once

#include "ipc/link.h"
#include "kernel/abi/machine.h"
#include "kernel/object/notice.h"
#include "kernel/process/process.h"

struct interrupt {
    struct object object;
    uint32_t line;           // [I]
    bool live;               // [lines' lock] it has its line
    bool masked;             // [lines' lock]
    bool reported;           // [lines' lock] it was logged since the last interrupt
    struct process *process; // [lines' lock] bound to it; not a reference, cleared when it ends. Null: not bound
    int32_t number;          // [lines' lock] of it, in that process
    uint64_t count;          // [lines' lock] interrupts since it was made
    uint64_t arrived;        // [lines' lock] when the last one came; 0: it is acknowledged
    struct link_end *link;   // [lines' lock] where they go; a reference and a number's count. Null: to the notice
    struct notice notice;    // [lines' lock]
};

extern const struct object_type interrupt_type;

// INVALID_ARGUMENT (no such line), BUSY, LIMIT_REACHED, NO_MEMORY.
enum status interrupt_create(struct account *account, uint32_t line, struct interrupt **interrupt);

// Where the interrupts of a line go.
struct interrupt_binding {
    struct process *process;
    int32_t number;        // of the interrupt, in that process
    struct link_end *link; // its other end is signalled; null: the process is told by EVENT_INTERRUPT
};

// BAD_NUMBER: closed meanwhile.
enum status interrupt_bind(struct interrupt *interrupt, const struct interrupt_binding *binding);

// INVALID_ARGUMENT: it is not bound.
enum status interrupt_acknowledge(struct interrupt *interrupt);
