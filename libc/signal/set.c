// Sets of signals.
#include <errno.h>

#include "libc/posix/posix.h"
#include "libc/signal/signals.h"

int sigemptyset(sigset_t *set) {
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set) {
    *set = SIGNALS_ALL | signal_bit(SIGKILL) | signal_bit(SIGSTOP);
    return 0;
}

int sigaddset(sigset_t *set, int signal) {
    if (!signal_is_valid(signal))
        return posix_fail(EINVAL);
    *set |= signal_bit(signal);
    return 0;
}

int sigdelset(sigset_t *set, int signal) {
    if (!signal_is_valid(signal))
        return posix_fail(EINVAL);
    *set &= ~signal_bit(signal);
    return 0;
}

int sigismember(const sigset_t *set, int signal) {
    return signal_is_valid(signal) ? (*set & signal_bit(signal)) != 0 : posix_fail(EINVAL);
}
