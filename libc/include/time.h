/* newlib's <time.h>, and POSIX's clocks: newlib would declare its timer_create with them, and that name is Parley's. */
#include_next <time.h>

#ifndef PARLEY_TIME_H
#define PARLEY_TIME_H

#ifndef CLOCK_MONOTONIC
#define CLOCK_MONOTONIC ((clockid_t)4)
#endif

int clock_gettime(clockid_t clock, struct timespec *result);
int clock_getres(clockid_t clock, struct timespec *result);
int nanosleep(const struct timespec *duration, struct timespec *left);

#endif
