// Ending a process at a person's word.
#pragma once

#include "debug/kernel/private.h"

// Notes it, while the machine stands: it ends within a quarter of a second of its going on. NO_RIGHT: the kernel, or init.
// NOT_FOUND. LIMIT_REACHED: too many at once.
enum status process_kill(uint32_t process);

// Whether it is still there though it was: whoever had it killed need not hear of it again.
bool process_is_killed(uint32_t process);

// From a timer: does what was noted.
void kill_look(void);
