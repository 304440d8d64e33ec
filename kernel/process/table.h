// The process table: the processes that have not ended, by id. Ids count up and are never given out twice.
#pragma once

#include "kernel/abi/status.h"

struct process;

// Gives the process its id and enters it, with a reference. IDS_EXHAUSTED.
enum status process_table_add(struct process *process);
void process_table_remove(struct process *process);
