// alarm: a thread that sleeps until it is due and sends SIGALRM.
#include <errno.h>
#include <parley/calls.h>
#include <parley/clock.h>
#include <parley/sync.h>
#include <parley/thread.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "libc/signal/hold.h"

enum { ALARM_STACK_SIZE = 16 << 10 };

static struct mutex lock;
static struct condition changed;
static uint64_t due; // DEADLINE_NEVER: none is set
static bool runs;

static void *wait_for_alarms(void *unused) {
    mutex_lock(&lock);
    for (;;) {
        condition_wait(&changed, &lock, due);
        bool rings = due != DEADLINE_NEVER && clock_now() >= due;
        due = rings ? DEADLINE_NEVER : due;
        mutex_unlock(&lock);
        if (rings)
            raise(SIGALRM);
        mutex_lock(&lock);
    }
    return unused;
}

// Begins with the first alarm; without memory for it there are none.
static bool start(void) {
    struct thread_options options = {.name = "alarm", .stack_size = ALARM_STACK_SIZE};
    struct thread *thread;
    if (!runs && thread_start(wait_for_alarms, NULL, &options, &thread) == STATUS_OK)
        runs = true;
    return runs;
}

static unsigned int seconds_until(uint64_t point) {
    uint64_t now = clock_now();
    if (point == DEADLINE_NEVER)
        return 0;
    return point <= now ? 1 : (unsigned int)((point - now + NANOSECONDS_PER_SECOND - 1) / NANOSECONDS_PER_SECOND);
}

unsigned int alarm(unsigned int seconds) {
    signals_hold();
    mutex_lock(&lock);
    if (!runs)
        due = DEADLINE_NEVER;
    unsigned int left = seconds_until(due);
    if (seconds == 0 || !start())
        due = DEADLINE_NEVER;
    else
        due = deadline_after(seconds * NANOSECONDS_PER_SECOND);
    condition_signal(&changed);
    mutex_unlock(&lock);
    signals_let();
    return left;
}
