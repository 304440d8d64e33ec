// The programs that the shell starts, on the host: Linux limits them by itself, and what the shell's tests start starts no others.
#include "apps/native/programs.h"

void programs_keep_reserve(void) {
}

void programs_signal_below(pid_t process, int signal) {
    (void)process;
    (void)signal;
}
