// Doubling pauses, with an upper bound.
#include "os/init/backoff.h"

#define MILLISECONDS UINT64_C(1000000)
#define WORKED_FOR (1000 * MILLISECONDS)
#define PAUSE_FIRST (50 * MILLISECONDS)
#define PAUSE_LONGEST (5000 * MILLISECONDS)

uint64_t backoff_pause(enum process_end_reason reason, uint64_t lived, uint64_t before) {
    if (reason == END_KILLED || lived >= WORKED_FOR) {
        return 0;
    }
    uint64_t pause = before < PAUSE_FIRST / 2 ? PAUSE_FIRST : before * 2;
    return pause < PAUSE_LONGEST ? pause : PAUSE_LONGEST;
}
