// What poweroff, reboot and debug ask of init.
#pragma once

#include <parley/init.h>

// Asks init, and waits for its answer. Trouble is complained about (common/tool.h).
void power_ask(enum init_operation operation);
