// The names of signals, as people type them.
#pragma once

#include "apps/common/output.h"

// "INT", "SIGINT", "int" or a number; 0 is one, too. -1: there is no such signal.
int signal_of_name(const char *text);

// Without SIG; "?" for none.
const char *signal_name_of(int number);

// The list of all names and numbers.
void signal_names_write(struct output *output);
