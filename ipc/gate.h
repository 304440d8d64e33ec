// The gate: whom a process lets approach it, a bitmap of user ids for each kind of approach (enum gate_kind).
//
// Every design that lets a stranger reach a process asks here, once, before anything is queued; a process always reaches
// itself, and a reply that the receiver asked for needs no gate. Source: DESIGN "One gate".
//
// Rules: no lock needed; a change counts for approaches that begin after it.
#pragma once

#include "kernel/abi/machine.h"
#include "kernel/process/process.h"

// OK or DENIED.
enum status gate_check(const struct process *process, enum gate_kind kind, const struct process *from);

// Sets a bitmap and says the one before; or says the one that is set. INVALID_ARGUMENT: no such kind.
enum status gate_set(struct process *process, uint32_t kind, uint64_t users, uint64_t *before);
enum status gate_read(const struct process *process, uint32_t kind, uint64_t *users);
