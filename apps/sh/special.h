// Variables that the shell makes anew each time they are asked for: RANDOM and SECONDS.
//
// RANDOM is a number from 0 to 32767, of a series that an assignment begins anew; SECONDS is how many have gone since the shell
// started, or since it was assigned a number, and that number.
#pragma once

#include <stdbool.h>

// SECONDS begins.
void special_start(void);

// The value, good until the next one is asked for. Null: no such variable.
const char *special_get(const char *name);

// Whether there is such a variable; it takes the value, 0 for what is no number.
bool special_set(const char *name, const char *value);
