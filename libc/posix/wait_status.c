// From the end of a process to the word that WIFEXITED and its like take apart.
#include "libc/posix/wait_status.h"

#include <signal.h>

enum { VECTOR_COUNT = 32, SIGNAL_MAX = 0x7e, WHY_SHIFT = 16, STOPPED = 0x7f, CONTINUED = 0xffff };

static const unsigned char signal_of_vector[VECTOR_COUNT] = {
    [0] = SIGFPE,   [1] = SIGTRAP,  [3] = SIGTRAP, [4] = SIGSEGV, [5] = SIGSEGV, [6] = SIGILL,
    [13] = SIGSEGV, [14] = SIGSEGV, [16] = SIGFPE, [17] = SIGBUS, [19] = SIGFPE,
};

static int signal_of_fault(uint32_t vector) {
    return vector < VECTOR_COUNT && signal_of_vector[vector] ? signal_of_vector[vector] : SIGKILL;
}

int wait_status_of(const struct process_end *end) {
    if (end->reason == END_EXITED)
        return (end->code & 0xff) << 8;
    if (end->reason == END_STOPPED)
        return STOPPED | (end->code & 0xff) << 8;
    if (end->reason == END_CONTINUED)
        return CONTINUED;
    if (end->reason == END_FAULTED && end->code < 0)
        return SIGBUS | -end->code << WHY_SHIFT;
    if (end->reason == END_FAULTED)
        return signal_of_fault(end->vector);
    return end->code > 0 && end->code <= SIGNAL_MAX ? end->code : SIGKILL;
}
