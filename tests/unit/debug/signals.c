// Unit tests of GDB's signals: those of the processor's exceptions, and of the ends of processes.
#include <criterion/criterion.h>

#include "debug/protocol/signals.h"

static void expect_end(uint32_t reason, int32_t code, enum debug_end kind, uint32_t signal) {
    struct process_end end = {.process = 7, .reason = reason, .code = code, .vector = 6};
    struct debug_stop stop = signal_stop_of_end(&end);
    cr_assert_eq(stop.end, kind, "%u %d", reason, code);
    cr_assert_eq(stop.signal, signal, "%u %d: %u", reason, code, stop.signal);
    cr_assert(stop.thread.process == 7 && stop.thread.thread == 0);
}

Test(signals, of_exceptions_are_those_of_posix_and_a_segment_fault_for_all_others) {
    cr_assert_eq(signal_of_vector(0), SIGNAL_ARITHMETIC);
    cr_assert_eq(signal_of_vector(6), SIGNAL_ILLEGAL);
    cr_assert_eq(signal_of_vector(13), SIGNAL_SEGMENT);
    cr_assert_eq(signal_of_vector(14), SIGNAL_SEGMENT);
    cr_assert_eq(signal_of_vector(17), SIGNAL_BUS);
    cr_assert_eq(signal_of_vector(UINT64_MAX), SIGNAL_SEGMENT);
}

Test(signals, of_ends_are_the_code_where_that_is_a_signal_and_else_a_kill) {
    expect_end(END_KILLED, 15, END_BY_SIGNAL, 15);
    expect_end(END_KILLED, 31, END_BY_SIGNAL, 31);
    for (int32_t code = 32; code < 300; code++)
        expect_end(END_KILLED, code, END_BY_SIGNAL, SIGNAL_KILL);
    expect_end(END_KILLED, 0, END_BY_SIGNAL, SIGNAL_KILL);
    expect_end(END_KILLED, -1, END_BY_SIGNAL, SIGNAL_KILL);
    expect_end(END_FAULTED, 6, END_BY_SIGNAL, SIGNAL_ILLEGAL);
}

Test(signals, of_an_exit_is_none_but_the_codes_lowest_byte) {
    expect_end(END_EXITED, 7, END_WITH_CODE, 7);
    expect_end(END_EXITED, -1, END_WITH_CODE, 0xff);
    expect_end(END_EXITED, 0x109, END_WITH_CODE, 9);
}
