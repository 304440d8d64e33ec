// Which signals a thread blocks, and waiting for some.
#include <errno.h>
#include <parley/clock.h>
#include <parley/page.h>
#include <parley/status.h>
#include <setjmp.h>
#include <unistd.h>

#include "libc/posix/posix.h"
#include "libc/signal/signals.h"

// ---- the mask ----

// Between the two calls nothing is let in that was not before.
enum status signals_mask(uint64_t set, uint64_t *before) {
    uint64_t old;
    enum status status = upcall_mask(UPCALL_MASK_ALL, &old);
    if (status == STATUS_OK)
        status = upcall_mask((set & SIGNALS_ALL) | (old & UPCALL_MASK_PAGES), NULL);
    if (status == STATUS_OK && before)
        *before = old & SIGNALS_ALL;
    return status;
}

// With the bit of pages. A thread that takes no upcalls has none.
static uint64_t whole_mask(void) {
    uint64_t mask;
    if (upcall_mask(UPCALL_MASK_ALL, &mask) != STATUS_OK)
        return 0;
    upcall_mask(mask, NULL);
    return mask;
}

static uint64_t mask_now(void) {
    return whole_mask() & SIGNALS_ALL;
}

static bool combine(int how, uint64_t now, uint64_t set, uint64_t *result) {
    const uint64_t results[] = {[SIG_SETMASK] = set, [SIG_BLOCK] = now | set, [SIG_UNBLOCK] = now & ~set};
    if (how < SIG_SETMASK || how > SIG_UNBLOCK)
        return false;
    *result = results[how];
    return true;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *before) {
    uint64_t mask, now = mask_now();
    if (set && !combine(how, now, *set & SIGNALS_ALL, &mask))
        return EINVAL;
    enum status status = set ? signals_catch(mask) : STATUS_OK;
    if (set && status == STATUS_OK)
        status = signals_mask(mask, NULL);
    if (before && status == STATUS_OK)
        *before = now;
    return status_errno(status);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *before) {
    int error = pthread_sigmask(how, set, before);
    return error ? posix_fail(error) : 0;
}

int sigpending(sigset_t *set) {
    uint64_t pending = 0;
    enum status status = upcall_pending(&pending);
    *set = pending & mask_now();
    return posix_result(status);
}

// ---- waiting for a handler ----

int sigsuspend(const sigset_t *mask) {
    volatile struct thread_signals *own = &thread_control()->signals;
    uint32_t before = own->handled;
    enum status status = upcalls_take();
    uint64_t waiting = (*mask & SIGNALS_ALL) | (whole_mask() & UPCALL_MASK_PAGES);
    while (status == STATUS_OK && own->handled == before)
        status = upcall_wait(waiting, 0, DEADLINE_NEVER);
    return posix_fail(status == STATUS_OK ? EINTR : status_errno(status));
}

int pause(void) {
    sigset_t mask = mask_now();
    return sigsuspend(&mask);
}

// ---- waiting for one instead of its handler ----

// While nothing is awaited the whole set is masked, so nothing slips by between two waits.
static enum status await(uint64_t set, uint64_t others, uint64_t deadline) {
    volatile struct thread_signals *own = &thread_control()->signals;
    enum status status = STATUS_OK;
    uint32_t before = own->handled;
    own->taken = 0;
    own->awaited = set;
    while (status == STATUS_OK && !own->taken && own->handled == before)
        status = upcall_wait(others & ~set, 0, deadline);
    own->awaited = 0;
    if (own->taken)
        return STATUS_OK;
    return status == STATUS_OK ? STATUS_INTERRUPTED : status;
}

static int take(const sigset_t *set, siginfo_t *information, uint64_t deadline) {
    uint64_t wanted = *set & SIGNALS_ALL, before;
    struct thread_signals *own = &thread_control()->signals;
    if (own->in_handler)
        return posix_fail(EBUSY);
    enum status status = wanted ? signals_catch(wanted) : STATUS_INVALID_ARGUMENT;
    if (status == STATUS_OK)
        status = upcall_mask(UPCALL_MASK_ALL, &before);
    if (status != STATUS_OK)
        return posix_result(status);
    status = await(wanted, before, deadline);
    int signal = (int)own->taken;
    siginfo_t taken = signal_information(signal, &own->received);
    upcall_mask(before, NULL);
    if (status != STATUS_OK)
        return posix_fail(status == STATUS_INTERRUPTED ? EINTR : EAGAIN);
    if (information)
        *information = taken;
    return signal;
}

int sigwaitinfo(const sigset_t *set, siginfo_t *information) {
    return take(set, information, DEADLINE_NEVER);
}

int sigtimedwait(const sigset_t *set, siginfo_t *information, const struct timespec *duration) {
    uint64_t nanoseconds;
    if (!duration)
        return take(set, information, DEADLINE_NEVER);
    if (duration->tv_sec < 0 || duration->tv_nsec < 0 || duration->tv_nsec >= (long)NANOSECONDS_PER_SECOND)
        return posix_fail(EINVAL);
    if (__builtin_mul_overflow((uint64_t)duration->tv_sec, NANOSECONDS_PER_SECOND, &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, (uint64_t)duration->tv_nsec, &nanoseconds))
        nanoseconds = UINT64_MAX;
    return take(set, information, deadline_after(nanoseconds));
}

int sigwait(const sigset_t *set, int *signal) {
    int taken;
    do
        taken = take(set, NULL, DEADLINE_NEVER);
    while (taken < 0 && errno == EINTR);
    if (taken < 0)
        return errno;
    *signal = taken;
    return 0;
}

// ---- siglongjmp ----

enum { JUMP_MASK_KEPT = 8, JUMP_MASK = 9 };

void sigjmp_keep(unsigned long *buffer, int mask_too) {
    buffer[JUMP_MASK_KEPT] = mask_too != 0;
    buffer[JUMP_MASK] = mask_too ? mask_now() : 0;
}

// What setjmp said; after a jump the mask is as it was.
int sigjmp_landed(const unsigned long *buffer, int value) {
    if (value != 0 && buffer[JUMP_MASK_KEPT])
        signals_mask(buffer[JUMP_MASK], NULL);
    return value;
}
