// Processes and all that they started.
#include <parley/calls.h>
#include <parley/family.h>
#include <signal.h>

#include "libc/signal/signals.h"

static size_t send(const uint32_t *processes, size_t count, uint32_t type, int signal) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t reached = 0;
        if (process_family(processes[i], type, signal_effect(signal), signal, &reached) == STATUS_OK)
            total += reached;
    }
    return total;
}

size_t family_signal(const uint32_t *processes, size_t count, int signal) {
    bool is_handled = signal != SIGKILL && signal != SIGSTOP;
    return send(processes, count, is_handled ? (uint32_t)signal : 0, signal);
}

size_t family_force(const uint32_t *processes, size_t count, int signal) {
    return send(processes, count, 0, signal);
}
