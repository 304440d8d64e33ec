// abort, and the end that comes of an overwritten stack.
//
// Kept free of formatting and of streams, so that the smallest program does not carry them.
#include <parley/calls.h>
#include <parley/start.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { ABORT_CODE = 134 }; // what a shell shows for an abort: 128 and SIGABRT

void signals_run_abort(void) __attribute__((weak)); // there in programs that have handlers

// As by the signal, so that who waits for it can tell it from an exit.
void abort(void) {
    int32_t self;
    if (signals_run_abort)
        signals_run_abort();
    if (process_open(start_information()->process, &self) == STATUS_OK)
        process_kill(self, SIGABRT);
    _exit(ABORT_CODE);
}

void __stack_chk_fail(void);
void __stack_chk_fail(void) {
    static const char text[] = "stack overwritten\n";
    log_write(text, sizeof text - 1);
    abort();
}
