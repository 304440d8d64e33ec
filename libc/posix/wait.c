// waitpid: how children end, and that they are stopped and go on.
#include <errno.h>
#include <parley/clock.h>
#include <sys/wait.h>

#include "libc/posix/children.h"
#include "libc/posix/posix.h"
#include "libc/posix/wait_status.h"

static int reap(const struct child *child, const struct process_end *end, int *result) {
    number_close(child->number);
    children_remove(child->process);
    if (result)
        *result = wait_status_of(end);
    return (int)child->process;
}

static bool is_wanted(const struct process_end *end, int flags) {
    if (end->reason == END_STOPPED)
        return flags & WUNTRACED;
    return end->reason != END_CONTINUED || flags & WCONTINUED;
}

static enum status wait_for_news(const struct child *child, int flags, uint64_t deadline, struct process_end *end) {
    if (!(flags & (WUNTRACED | WCONTINUED)))
        return process_wait(child->number, deadline, end);
    enum status status;
    do
        status = process_wait_change(child->number, deadline, end);
    while (status == STATUS_OK && !is_wanted(end, flags));
    return status;
}

static int wait_for_one(const struct child *child, int *result, int flags) {
    struct process_end end;
    enum status status = wait_for_news(child, flags, flags & WNOHANG ? DEADLINE_NOW : DEADLINE_NEVER, &end);
    if (status == STATUS_WOULD_WAIT || status == STATUS_TIMED_OUT)
        return 0;
    if (status < 0)
        return posix_result(status);
    if (end.reason != END_STOPPED && end.reason != END_CONTINUED)
        return reap(child, &end, result);
    if (result)
        *result = wait_status_of(&end);
    return (int)child->process;
}

// Looks at each child once; 0 where there is no news of any, -1 where there is none.
static int poll_all(int *result, int flags) {
    struct child child;
    int found = -1;
    for (size_t i = 0; children_at(i, &child); i++) {
        found = wait_for_one(&child, result, flags | WNOHANG);
        if (found != 0)
            return found;
    }
    return found < 0 ? posix_fail(ECHILD) : 0;
}

// The kernel waits for one process at a time: with several children each has its turn, for a while that a person does not
// notice. A program with many children that must not wait so long uses event_wait.
static int wait_for_any(int *result, int flags) {
    const uint64_t turn = 2 * NANOSECONDS_PER_MILLISECOND;
    for (size_t i = 0;; i++) {
        struct child child, other;
        int found = poll_all(result, flags);
        if (found != 0 || (flags & WNOHANG))
            return found;
        if (!children_at(i, &child) && !children_at(i = 0, &child))
            continue;
        bool is_alone = !children_at(1, &other) && !(flags & (WUNTRACED | WCONTINUED));
        struct process_end end;
        uint64_t deadline = is_alone ? DEADLINE_NEVER : deadline_after(turn);
        if (process_wait(child.number, deadline, &end) == STATUS_INTERRUPTED)
            return posix_fail(EINTR);
    }
}

pid_t waitpid(pid_t process, int *result, int flags) {
    struct child child;
    if (process == -1)
        return wait_for_any(result, flags);
    if (process <= 0 || !children_find((uint32_t)process, &child))
        return posix_fail(ECHILD);
    return wait_for_one(&child, result, flags);
}

pid_t wait(int *result) {
    return waitpid(-1, result, 0);
}
