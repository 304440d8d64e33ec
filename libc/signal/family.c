// Processes and all that they started.
#include <parley/calls.h>
#include <parley/family.h>
#include <signal.h>

#include "libc/signal/signals.h"

static void send(const uint32_t *processes, size_t count, uint32_t type, int signal) {
    uint32_t reached;
    for (size_t i = 0; i < count; i++)
        (void)!process_family(processes[i], type, signal_effect(signal), signal, &reached);
}

void family_signal(const uint32_t *processes, size_t count, int signal) {
    bool is_handled = signal != SIGKILL && signal != SIGSTOP;
    send(processes, count, is_handled ? (uint32_t)signal : 0, signal);
}

void family_force(const uint32_t *processes, size_t count, int signal) {
    send(processes, count, 0, signal);
}
