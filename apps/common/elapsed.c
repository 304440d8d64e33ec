// How long commands take.
#include "apps/common/elapsed.h"

#include <stdio.h>
#include <time.h>

#include "apps/common/output.h"

enum { NANOSECONDS = 1000000000 };

uint64_t elapsed_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * NANOSECONDS + (uint64_t)time.tv_nsec;
}

void elapsed_tell(uint64_t start) {
    uint64_t taken = elapsed_now() - start;
    char text[64];
    int length = snprintf(text, sizeof(text), "time: %lu.%09lu s\n", (unsigned long)(taken / NANOSECONDS),
                          (unsigned long)(taken % NANOSECONDS));
    write_fully(2, text, (size_t)length);
}
