// Time: clocks and sleeping.
#include <errno.h>
#include <parley/clock.h>
#include <stdbool.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "libc/posix/posix.h"
#include "libc/thread/control.h"

uint64_t clock_now(void) {
    uint64_t now = 0;
    clock_read(&now);
    return now;
}

uint64_t deadline_after(uint64_t nanoseconds) {
    uint64_t deadline;
    return __builtin_add_overflow(clock_now(), nanoseconds, &deadline) ? DEADLINE_NEVER : deadline;
}

// Seconds since 1970 at boot; 0 where the machine's clock told nothing.
static uint64_t boot_seconds(void) {
    static uint64_t seconds;
    static bool is_known;
    struct machine_information machine;
    if (!is_known && machine_information(&machine) >= 0) {
        seconds = machine.boot_time;
        is_known = true;
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return posix_fail(EINVAL);
    uint64_t now = clock_now();
    result->tv_sec = (time_t)(now / NANOSECONDS_PER_SECOND + (clock == CLOCK_REALTIME ? boot_seconds() : 0));
    result->tv_nsec = (long)(now % NANOSECONDS_PER_SECOND);
    return 0;
}

int clock_getres(clockid_t clock, struct timespec *result) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return posix_fail(EINVAL);
    *result = (struct timespec){.tv_nsec = 1};
    return 0;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    result->tv_sec = now.tv_sec;
    result->tv_usec = (suseconds_t)(now.tv_nsec / 1000);
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}

static struct timespec time_until(uint64_t deadline) {
    uint64_t now = clock_now(), left = deadline > now ? deadline - now : 0;
    return (struct timespec){(time_t)(left / NANOSECONDS_PER_SECOND), (long)(left % NANOSECONDS_PER_SECOND)};
}

static enum status sleep_until(uint64_t deadline) {
    struct thread_signals *own = &thread_control()->signals;
    uint32_t before = own->sleeps;
    __atomic_store_n(&own->sleeps, 1, __ATOMIC_RELAXED);
    enum status status = thread_sleep(deadline);
    __atomic_store_n(&own->sleeps, before, __ATOMIC_RELAXED);
    return status;
}

int nanosleep(const struct timespec *duration, struct timespec *left) {
    if (duration->tv_sec < 0 || duration->tv_nsec < 0 || duration->tv_nsec >= (long)NANOSECONDS_PER_SECOND)
        return posix_fail(EINVAL);
    uint64_t nanoseconds;
    if (__builtin_mul_overflow((uint64_t)duration->tv_sec, NANOSECONDS_PER_SECOND, &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, (uint64_t)duration->tv_nsec, &nanoseconds))
        nanoseconds = UINT64_MAX;
    uint64_t deadline = deadline_after(nanoseconds);
    enum status status = sleep_until(deadline);
    if (left)
        *left = status == STATUS_INTERRUPTED ? time_until(deadline) : (struct timespec){0};
    return posix_result(status);
}

unsigned int sleep(unsigned int seconds) {
    struct timespec duration = {.tv_sec = (time_t)seconds}, left;
    if (nanosleep(&duration, &left) == 0)
        return 0;
    return (unsigned int)left.tv_sec + (left.tv_nsec > 0);
}

int usleep(useconds_t microseconds) {
    struct timespec duration = {.tv_sec = microseconds / 1000000, .tv_nsec = (long)(microseconds % 1000000) * 1000};
    return nanosleep(&duration, NULL);
}
