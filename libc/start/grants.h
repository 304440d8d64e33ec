// The table of grants, for the part of the library that starts other programs.
// Rules: grants are read before a second thread is started, or by one thread; nothing here locks.
#pragma once

#include <parley/start.h>

enum { GRANTS_MAX = 32 };

// All grants known now; says how many. They stay where they are.
uint32_t grants_list(const struct start_grant **list);
