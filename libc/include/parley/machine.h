// The machine: machine_information, machine_power, the clock, ranges and interrupts for drivers.
// The calls with their manual stand in <parley/calls.h>, the structures in kernel/abi/machine.h.
#pragma once

#include "kernel/abi/machine.h"

#include <parley/calls.h>
