// Variables that the shell makes anew each time they are asked for.
#include "apps/sh/special.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apps/common/elapsed.h"

enum { RANDOM_MAX = 32767 };

#define NANOSECONDS_PER_SECOND UINT64_C(1000000000)

static uint64_t
    second_zero; // at which SECONDS was 0; before the machine's start it wraps around, and so does what is subtracted from it
static uint64_t series;
static bool has_series;

static long get_seconds(void) {
    return (long)((int64_t)(elapsed_now() - second_zero) / (int64_t)NANOSECONDS_PER_SECOND);
}

static void set_seconds(long value) {
    second_zero = elapsed_now() - (uint64_t)value * NANOSECONDS_PER_SECOND;
}

static void set_random(long value) {
    series = (uint64_t)value;
    has_series = true;
}

// Knuth's linear series, of which the upper bits are the better ones.
static long get_random(void) {
    if (!has_series)
        set_random((long)(elapsed_now() ^ (uint64_t)getpid()));
    series = series * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (long)(series >> 40) & RANDOM_MAX;
}

// No table of functions: each start of the shell would have to relocate it.
enum special { SPECIAL_RANDOM, SPECIAL_SECONDS, SPECIAL_NONE };

static enum special find(const char *name) {
    static const char names[SPECIAL_NONE][8] = {[SPECIAL_RANDOM] = "RANDOM", [SPECIAL_SECONDS] = "SECONDS"};
    enum special special = SPECIAL_RANDOM;
    while (special < SPECIAL_NONE && (*names[special] != *name || strcmp(names[special], name) != 0))
        special++;
    return special;
}

void special_start(void) {
    set_seconds(0);
}

const char *special_get(const char *name) {
    static char value[24];
    enum special special = find(name);
    if (special == SPECIAL_NONE)
        return NULL;
    snprintf(value, sizeof(value), "%ld", special == SPECIAL_RANDOM ? get_random() : get_seconds());
    return value;
}

bool special_set(const char *name, const char *value) {
    enum special special = find(name);
    if (special == SPECIAL_RANDOM)
        set_random(strtol(value, NULL, 10));
    else if (special == SPECIAL_SECONDS)
        set_seconds(strtol(value, NULL, 10));
    return special != SPECIAL_NONE;
}
