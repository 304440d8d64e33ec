// Which of GDB's signals an exception is, and how the end of a process is told by one.
#include "debug/protocol/signals.h"

enum { EXIT_CODE = 0xff };

uint32_t signal_of_vector(uint64_t vector) {
    static const uint8_t signals[] = {
        [0] = SIGNAL_ARITHMETIC, [1] = SIGNAL_TRAP,        [3] = SIGNAL_TRAP, [6] = SIGNAL_ILLEGAL,
        [12] = SIGNAL_BUS,       [16] = SIGNAL_ARITHMETIC, [17] = SIGNAL_BUS, [19] = SIGNAL_ARITHMETIC};
    return vector < sizeof(signals) && signals[vector] != SIGNAL_NONE ? signals[vector] : SIGNAL_SEGMENT;
}

static uint32_t signal_of_end(const struct process_end *end) {
    if (end->reason == END_FAULTED)
        return signal_of_vector(end->vector);
    return end->code > 0 && end->code <= SIGNAL_LIBC_MOST ? (uint32_t)end->code : SIGNAL_KILL;
}

struct debug_stop signal_stop_of_end(const struct process_end *end) {
    struct debug_stop stop = {.thread = {.process = end->process}, .end = END_BY_SIGNAL};
    if (end->reason == END_EXITED)
        stop.end = END_WITH_CODE;
    stop.signal = end->reason == END_EXITED ? (uint32_t)end->code & EXIT_CODE : signal_of_end(end);
    return stop;
}
