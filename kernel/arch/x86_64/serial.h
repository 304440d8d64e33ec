// The first serial port as the kernel's own console (console_early_put in kernel/arch/machine.h).
#pragma once

#include <stdbool.h>

// Looks whether there is one and sets it to 115,200 baud, 8N1. Once, first of all.
void serial_start(void);

bool serial_is_there(void);
