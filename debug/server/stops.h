// Stops, as the kernel tells them and as GDB wants them (the running side of inferior.h).
#pragma once

#include "debug/server/inferior.h"

// Closes what the server has of an inferior: it runs on, if it lives.
void inferior_forget(struct inferior *inferior);
