// The end of a process: it is marked, its threads leave one by one, and the last one takes it apart and tells who waits.
#pragma once

#include <stdbool.h>

#include "kernel/abi/process.h"

struct process;

// Lets a process end in this way; who comes first decides how, and is told so. Its threads leave at their next chance.
bool process_end(struct process *process, const struct process_end *end);

// Takes apart what a process holds. Called by its last thread, which then ends itself.
void process_finish(struct process *process);
