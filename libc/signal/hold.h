// Keeping handlers of signals out of where they must not run. Inside the library only.
//
// From signals_hold to signals_let the calling thread runs none: what comes meanwhile runs then. It nests and costs no system call,
// so it stands around the locks that functions take which a handler may call. Never around a wait.
#pragma once

#include "libc/thread/control.h"

void signals_run_deferred(void) __attribute__((weak)); // there in programs that have handlers

static inline void signals_hold(void) {
    thread_control()->signals.held++;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void signals_let(void) {
    struct thread_signals *own = &thread_control()->signals;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    own->held--;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (own->held == 0 && own->deferred)
        signals_run_deferred();
}
