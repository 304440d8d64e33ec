// Times in which the whole machine stood, for a debugger: the processor's counter ran on, the clock did not. Pure.
//
// Rules: told one after the other, while nobody else runs; read by anybody, and it may stand again at any instruction of that, and at each.
// Of many only the newest are kept apart: those before them are told as if they had followed each other without a pause.
#pragma once

#include <stdint.h>

enum { STANDS_MAX = 64 };

// It stood from one value of the counter to another, not before the last time.
void stand_note(uint64_t begin, uint64_t end);

// The counter's value without the times in which it stood up to there: what comes later does not change the answer.
uint64_t stands_without(uint64_t counter);
