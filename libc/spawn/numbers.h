// The numbers that a child gets, collected one by one; each is told the child's number for it. Inside the library only.
#pragma once

#include "kernel/abi/process.h"

// Adds a number with rights; the child's number for it, or NUMBER_NONE where all SPAWN_NUMBERS_MAX places are taken.
int32_t spawn_number_add(struct process_spawn *spawn, int32_t number, uint32_t rights);
