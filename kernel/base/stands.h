// Times in which the whole machine stood, for a debugger: the processor's counter ran on, the clock did not. Pure.
//
// Rules: told one after the other, while nobody else runs; read by anybody. Of many only the newest are kept apart: those before
// them are told as if they had followed each other without a pause.
#pragma once

#include <stdint.h>

enum { STANDS_MAX = 64 };

// It stood from one value of the counter to another, not before the last time.
void stand_note(uint64_t begin, uint64_t end);

// How many counts of the times in which it stood lie behind this value of the counter.
uint64_t stands_behind(uint64_t counter);
