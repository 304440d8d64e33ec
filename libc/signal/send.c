// Sending signals, and what one does to a process that has no handler for it.
#include <errno.h>
#include <parley/calls.h>
#include <parley/start.h>
#include <string.h>

#include "libc/posix/children.h"
#include "libc/posix/posix.h"
#include "libc/signal/signals.h"

enum process_effect signal_effect(int signal) {
    static const uint8_t effects[NSIG] = {
        [SIGURG] = PROCESS_UNCHANGED,   [SIGCHLD] = PROCESS_UNCHANGED, [SIGIO] = PROCESS_UNCHANGED,
        [SIGWINCH] = PROCESS_UNCHANGED, [SIGSTOP] = PROCESS_STOPS,     [SIGTSTP] = PROCESS_STOPS,
        [SIGTTIN] = PROCESS_STOPS,      [SIGTTOU] = PROCESS_STOPS,     [SIGCONT] = PROCESS_GOES_ON,
    };
    return signal > 0 && signal < NSIG ? (enum process_effect)effects[signal] : PROCESS_ENDS;
}

static enum status act(int32_t number, int signal) {
    switch (signal ? signal_effect(signal) : PROCESS_UNCHANGED) {
    case PROCESS_ENDS:
        return process_kill(number, signal);
    case PROCESS_STOPS:
        return process_stop(number, signal);
    case PROCESS_GOES_ON:
        return process_stop(number, 0);
    default:
        return STATUS_OK;
    }
}

// A child that has ended and was not waited for is still there for its parent.
enum status signal_act(uint32_t process, int signal) {
    struct child child;
    if (children_find(process, &child))
        return act(child.number, signal);
    int32_t number;
    enum status status = process_open(process, &number);
    if (status == STATUS_OK) {
        status = act(number, signal);
        number_close(number);
    }
    return status;
}

// A process that does not take it by itself is dealt with here. One that is stopped goes on first, whether it has a handler or not.
static enum status send(uint32_t process, int signal) {
    bool is_handled = signal != SIGKILL && signal != SIGSTOP;
    enum status went_on = signal == SIGCONT ? signal_act(process, signal) : STATUS_OK, status = STATUS_NOT_FOUND;
    if (is_handled && went_on == STATUS_OK)
        status = page_send(process, (uint32_t)signal, 0, 0, 0, DEADLINE_NOW, NULL);
    if (status != STATUS_NOT_FOUND)
        return status;
    return signal == SIGCONT ? went_on : signal_act(process, signal);
}

int kill(pid_t process, int signal) {
    if (process <= 0 || signal < 0 || signal >= NSIG)
        return posix_fail(EINVAL);
    enum status status = signal ? send((uint32_t)process, signal) : signal_act((uint32_t)process, 0);
    return status == STATUS_NOT_FOUND ? posix_fail(ESRCH) : posix_result(status);
}

int raise(int signal) {
    return signal > 0 ? kill((pid_t)start_information()->process, signal) : posix_fail(EINVAL);
}
