// Sending signals, and what one does to a process that has no handler for it.
#include <errno.h>
#include <parley/calls.h>
#include <parley/start.h>
#include <string.h>

#include "libc/posix/children.h"
#include "libc/posix/posix.h"
#include "libc/signal/signals.h"

bool signal_ends(int signal) {
    static const uint64_t harmless = UINT64_C(1) << SIGURG | UINT64_C(1) << SIGSTOP | UINT64_C(1) << SIGTSTP |
                                     UINT64_C(1) << SIGCONT | UINT64_C(1) << SIGCHLD | UINT64_C(1) << SIGTTIN |
                                     UINT64_C(1) << SIGTTOU | UINT64_C(1) << SIGIO | UINT64_C(1) << SIGWINCH;
    return !(harmless & signal_bit(signal));
}

// A child that has ended and was not waited for is still there for its parent.
static enum status end_or_look(uint32_t process, int signal, bool end) {
    struct child child;
    if (children_find(process, &child))
        return end ? process_kill(child.number, signal) : STATUS_OK;
    int32_t number;
    enum status status = process_open(process, &number);
    if (status == STATUS_OK) {
        if (end)
            status = process_kill(number, signal);
        number_close(number);
    }
    return status;
}

enum status signal_end_process(uint32_t process, int signal) {
    return end_or_look(process, signal, true);
}

// A process that does not take it by itself is dealt with here.
static enum status send(uint32_t process, int signal) {
    enum status status = STATUS_NOT_FOUND;
    if (signal != SIGKILL)
        status = page_send(process, (uint32_t)signal, 0, 0, 0, DEADLINE_NOW, NULL);
    return status == STATUS_NOT_FOUND ? end_or_look(process, signal, signal_ends(signal)) : status;
}

int kill(pid_t process, int signal) {
    if (process <= 0 || signal < 0 || signal >= NSIG || signal == SIGSTOP)
        return posix_fail(EINVAL);
    enum status status = signal ? send((uint32_t)process, signal) : end_or_look((uint32_t)process, 0, false);
    return status == STATUS_NOT_FOUND ? posix_fail(ESRCH) : posix_result(status);
}

int raise(int signal) {
    return signal > 0 ? kill((pid_t)start_information()->process, signal) : posix_fail(EINVAL);
}
