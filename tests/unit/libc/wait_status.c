// How a process ended, as waitpid tells it.
#include "libc/posix/wait_status.h"

#include "kernel/abi/status.h"

#include <criterion/criterion.h>
#include <signal.h>

// The macros as libc's own <sys/wait.h> has them, written out: the host's agree by chance only.
static int exit_code(int status) {
    return (status & 0xff) == 0 ? (status >> 8) & 0xff : -1;
}

static int end_signal(int status) {
    return status & 0x7f;
}

Test(wait_status, an_exit_keeps_the_low_byte_of_its_code) {
    cr_assert_eq(exit_code(wait_status_of(&(struct process_end){.reason = END_EXITED, .code = 0})), 0);
    cr_assert_eq(exit_code(wait_status_of(&(struct process_end){.reason = END_EXITED, .code = 7})), 7);
    cr_assert_eq(exit_code(wait_status_of(&(struct process_end){.reason = END_EXITED, .code = -1})), 255);
    cr_assert_eq(exit_code(wait_status_of(&(struct process_end){.reason = END_EXITED, .code = 256})), 0);
}

Test(wait_status, a_kill_is_its_signal_or_the_kill_signal) {
    cr_assert_eq(end_signal(wait_status_of(&(struct process_end){.reason = END_KILLED, .code = SIGTERM})), SIGTERM);
    cr_assert_eq(end_signal(wait_status_of(&(struct process_end){.reason = END_KILLED, .code = 0})), SIGKILL);
    cr_assert_eq(end_signal(wait_status_of(&(struct process_end){.reason = END_KILLED, .code = 127})), SIGKILL);
    cr_assert_eq(end_signal(wait_status_of(&(struct process_end){.reason = END_KILLED, .code = -5})), SIGKILL);
}

Test(wait_status, a_page_that_was_not_to_be_had_is_a_bus_error_and_says_why) {
    static const int reasons[] = {STATUS_NO_MEMORY, STATUS_LIMIT_REACHED, STATUS_TIMED_OUT, STATUS_PEER_DIED,
                                  STATUS_DENIED};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct process_end end = {.reason = END_FAULTED, .code = reasons[i], .vector = 14};
        cr_assert_eq(end_signal(wait_status_of(&end)), SIGBUS);
        cr_assert_eq(wait_status_of(&end) >> 16, -reasons[i]);
    }
}

Test(wait_status, a_fault_is_the_signal_of_its_exception) {
    static const int expected[][2] = {{0, SIGFPE},   {6, SIGILL},  {13, SIGSEGV},
                                      {14, SIGSEGV}, {8, SIGKILL}, {99, SIGKILL}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct process_end end = {.reason = END_FAULTED, .vector = (uint32_t)expected[i][0]};
        cr_assert_eq(end_signal(wait_status_of(&end)), expected[i][1]);
    }
}

Test(wait_status, a_stop_and_a_continuation_are_neither_an_exit_nor_an_end) {
    int stopped = wait_status_of(&(struct process_end){.reason = END_STOPPED, .code = SIGTSTP});
    int continued = wait_status_of(&(struct process_end){.reason = END_CONTINUED});
    cr_assert_eq(stopped & 0xff, 0x7f);
    cr_assert_eq(stopped >> 8, SIGTSTP);
    cr_assert_eq(continued, 0xffff);
    cr_assert_eq(exit_code(stopped), -1);
    cr_assert_eq(exit_code(continued), -1);
}
