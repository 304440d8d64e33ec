// abort, and the end that comes of an overwritten stack.
//
// Kept free of formatting and of streams, so that the smallest program does not carry them.
#include <parley/calls.h>
#include <stdlib.h>
#include <unistd.h>

enum { ABORT_CODE = 134 }; // what a shell shows for an abort: 128 and SIGABRT

void abort(void) {
    _exit(ABORT_CODE);
}

void __stack_chk_fail(void);
void __stack_chk_fail(void) {
    static const char text[] = "stack overwritten\n";
    log_write(text, sizeof text - 1);
    abort();
}
