// What the tests of ranges and interrupt lines share: a driver, and an object's own words.
#pragma once

#include "tests/unit/host/host.h"

enum { DESCRIPTION_SIZE = 512 };

// A process with a number of the machine's.
struct driver {
    struct process *process;
    uint64_t machine;
};

// With all device rights.
struct driver driver_make(void);

// What the first object of a kind says of itself.
void driver_describe(enum object_kind kind, char text[DESCRIPTION_SIZE]);
