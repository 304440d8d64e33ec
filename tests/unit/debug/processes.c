// Unit tests of the protocol where processes come and go: beginning, attaching, letting go, ends, and bad input to each.
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/debug/mock.h"

#define LS "2f62696e2f6c73" // /bin/ls

static void attach(void) {
    mock_start_processes();
    mock_send("qSupported:multiprocess+;swbreak+;hwbreak+");
    mock_send("!");
    mock_clear();
}

TestSuite(processes, .init = attach);

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static void expect_refused(const char *const *bodies) {
    for (; *bodies != NULL; bodies++) {
        mock_clear();
        cr_assert_eq(mock_send(*bodies), SERVER_STAY, "%s", *bodies);
        cr_assert(begins(mock_answer(), "E"), "%s: %s", *bodies, mock_answer());
    }
}

// ---- beginning ----

Test(processes, an_extended_session_begins_without_any) {
    cr_assert_str_eq(mock_ask("!"), "OK");
    cr_assert(mock.server.is_extended);
    cr_assert_str_eq(mock_ask("?"), "W00");
    cr_assert_str_eq(mock_ask("qfThreadInfo"), "l");
    mock_ask("qSupported:");
    cr_assert_not(mock.server.is_extended, "the next GDB says so itself");
}

Test(processes, a_program_runs_with_its_arguments_and_stands) {
    const char *answer = mock_ask("vRun;" LS ";2d6c;;c3a400");
    cr_assert(begins(answer, "T05") && strstr(answer, "thread:p64.640;"), "%s", answer);
    cr_assert_str_eq(mock.arguments, "/bin/ls\n-l\n\n\xc3\xa4\n");
    cr_assert(begins(mock_ask("?"), "T05"));
    cr_assert_str_eq(mock_ask("qC"), "QCp64.640");
    cr_assert_str_eq(mock_ask("qAttached:64"), "0");
}

Test(processes, what_cannot_run_is_said_in_words) {
    cr_assert(begins(mock_ask("vRun;2f62696e2f6e6f6e65"), "E.there is no such program"));
    cr_assert(begins(mock_ask("vRun;2f62696e2f62726f6b656e"), "E.the file is no program"));
    for (int i = 0; i < MOCK_PROCESSES; i++)
        cr_assert(begins(mock_ask("vRun;" LS), "T05"));
    cr_assert(begins(mock_ask("vRun;" LS), "E.there is no room"));
    cr_assert_eq(mock_process_count(), MOCK_PROCESSES);
}

Test(processes, a_run_without_a_program_or_with_half_a_byte_is_none) {
    static const char *const bodies[] = {"vRun",         "vRun;",         "vRun;;",         "vRun;;61",       "vRunx",
                                         "vRun;" LS "0", "vRun;" LS ";6", "vRun;" LS ";zz", "vRun;" LS ",61", NULL};
    expect_refused(bodies);
    cr_assert_eq(mock_process_count(), 0);
}

Test(processes, a_run_takes_so_many_arguments_and_no_more) {
    char body[512] = "vRun";
    for (int i = 0; i < DEBUG_ARGUMENTS_MAX; i++)
        strcat(body, ";61");
    cr_assert(begins(mock_ask(body), "T05"));
    cr_assert_eq(strlen(mock.arguments), 2 * DEBUG_ARGUMENTS_MAX);
    strcat(body, ";61");
    cr_assert(begins(mock_ask(body), "E."));
}

Test(processes, one_that_runs_is_attached_to) {
    const char *answer = mock_ask("vAttach;5");
    cr_assert(begins(answer, "T00") && strstr(answer, "thread:p5.50;"), "%s", answer);
    cr_assert_str_eq(mock_ask("qAttached:5"), "1");
    cr_assert_str_eq(mock_ask("qAttached"), "1");
    cr_assert_str_eq(mock_ask("qAttached:6"), "0");
}

Test(processes, why_one_cannot_be_attached_to_is_said_in_words) {
    mock_ask("vAttach;5");
    cr_assert(begins(mock_ask("vAttach;5"), "E.the process has a debugger already"));
    cr_assert(begins(mock_ask("vAttach;a"), "E.this process is not yours"));
    cr_assert(begins(mock_ask("vAttach;b"), "E.the server cannot debug itself"));
    cr_assert(begins(mock_ask("vAttach;c"), "E.the process has ended"));
    cr_assert(begins(mock_ask("vAttach;7fffffff"), "E.there is no such"));
    cr_assert_eq(mock_process_count(), 1);
}

Test(processes, what_names_no_process_is_refused) {
    static const char *const bodies[] = {"vAttach;",
                                         "vAttach;0",
                                         "vAttach;-1",
                                         "vAttach;5x",
                                         "vAttach;5;6",
                                         "vAttach;100000005",
                                         "vKill;",
                                         "vKill;0",
                                         "vKill;5x",
                                         "vKill;5.50",
                                         "vKill;10000000000000005",
                                         "D;",
                                         "D;0",
                                         "D;5x",
                                         "D;-1",
                                         "D5",
                                         "Dx",
                                         "D;100000005",
                                         "qAttached:",
                                         "qAttached:0",
                                         "qAttached:5x",
                                         "qAttachedx",
                                         "qAttached:100000005",
                                         NULL};
    mock_ask("vAttach;5");
    expect_refused(bodies);
    cr_assert_eq(mock_process_count(), 1);
}

// ---- several ----

Test(processes, several_stand_side_by_side_and_stops_name_theirs) {
    mock_ask("vAttach;5");
    mock_ask("vRun;" LS);
    cr_assert_str_eq(mock_ask("qfThreadInfo"), "mp5.50,p5.51,p64.640,p64.641");
    struct debug_stop stop = {.thread = {5, 0x51}, .signal = SIGNAL_SEGMENT, .is_fault = true};
    server_tell_stop(&mock.server, &stop);
    cr_assert(begins(mock_answer(), "T0b") && strstr(mock_answer(), "thread:p5.51;"), "%s", mock_answer());
    cr_assert_str_eq(mock_ask("qC"), "QCp5.51");
    cr_assert_str_eq(mock_ask("Hgp64.-1"), "OK");
    cr_assert_str_eq(mock_ask("qOffsets"), "TextSeg=640000");
    cr_assert_eq(mock_send("vCont;c:p5.-1;s:p64.641"), SERVER_RUN);
}

Test(processes, an_end_names_the_process_and_why_stands_at_another) {
    mock_ask("vAttach;5");
    mock_ask("vAttach;6");
    mock_process_end(END_WITH_CODE, 3);
    cr_assert_str_eq(mock_answer(), "W03;process:5");
    const char *answer = mock_ask("?");
    cr_assert(begins(answer, "T00") && strstr(answer, "thread:p6.60;"), "%s", answer);
    mock_process_end(END_BY_SIGNAL, SIGNAL_SEGMENT);
    cr_assert_str_eq(mock_answer(), "X0b;process:6");
    cr_assert_str_eq(mock_ask("?"), "W00");
}

Test(processes, a_gdb_without_processes_is_told_ends_alone) {
    mock_send("qSupported:swbreak+");
    mock_ask("vAttach;5");
    mock_process_end(END_WITH_CODE, 255);
    cr_assert_str_eq(mock_answer(), "Wff");
}

// ---- letting go ----

Test(processes, one_is_let_go_of_and_the_session_goes_on) {
    mock_ask("vAttach;5");
    mock_ask("vAttach;6");
    cr_assert_eq(mock_send("D;6"), SERVER_STAY);
    cr_assert_str_eq(mock_answer(), "OK");
    cr_assert_str_eq(mock_ask("qC"), "QCp5.50");
    cr_assert(begins(mock_ask("D;6"), "E.there is no such process"));
    cr_assert_str_eq(mock_ask("D"), "OK");
    cr_assert_eq(mock_process_count(), 0);
    cr_assert_str_eq(mock_ask("D"), "OK");
    cr_assert(mock.server.is_attached);
}

Test(processes, one_is_killed_and_the_session_goes_on) {
    mock_ask("vAttach;5");
    mock_ask("vAttach;6");
    cr_assert_str_eq(mock_ask("vKill;6"), "OK");
    cr_assert_eq(mock.killed, 6);
    cr_assert_str_eq(mock_ask("qC"), "QCp5.50");
    cr_assert(begins(mock_ask("vKill;6"), "E.there is no such process"));
    cr_assert_str_eq(mock_ask("vKill;5"), "OK");
    cr_assert_str_eq(mock_ask("?"), "W00");
}

Test(processes, restarting_and_killing_are_the_servers) {
    mock_ask("vAttach;5");
    cr_assert_eq(mock_send("R00"), SERVER_REBOOT);
    cr_assert_eq(mock_send("k"), SERVER_KILL);
}

// ---- none at all ----

Test(processes, without_any_nothing_is_read_written_or_watched) {
    static const char *const bodies[] = {"g",
                                         "G00",
                                         "p0",
                                         "P0=0011223344556677",
                                         "m1000,4",
                                         "x1000,4",
                                         "M1000,1:0a",
                                         "X1000,1:a",
                                         "qSearch:memory:1000;10;a",
                                         "qCRC:1000,4",
                                         "Z0,1000,1",
                                         "Z2,1000,8",
                                         "qC",
                                         "Hg0",
                                         "Tp5.50",
                                         "qThreadExtraInfo,p5.50",
                                         NULL};
    expect_refused(bodies); // the mock ends the test where it is asked of a thread that is not there
    cr_assert_str_eq(mock_ask("z0,1000,1"), "OK");
    cr_assert_str_eq(mock_ask("qOffsets"), "");
    cr_assert_str_eq(mock_ask("qAttached"), "0");
    mock_ask("vAttach;5");
    mock_process_end(END_WITH_CODE, 0);
    expect_refused(bodies);
}

// ---- files ----

// The bytes of the answer, which may hold zeros, against what they should be.
static void expect_bytes(const char *packet, const void *bytes, size_t size) {
    cr_assert_eq(memcmp(mock_ask(packet), bytes, size), 0, "%s", packet);
}

Test(processes, put_get_and_delete_a_file) {
    cr_assert_str_eq(mock_ask("vFile:setfs:0"), "F0");
    cr_assert_str_eq(mock_ask("vFile:open:2f66696c65,0,1c0"), "F-1,2"); // /file is not there
    cr_assert_str_eq(mock_ask("vFile:open:2f66696c65,601,1c0"), "F3");
    cr_assert_str_eq(mock_ask("vFile:pwrite:3,0,good"), "F4");
    cr_assert_str_eq(mock_ask("vFile:pwrite:3,4, day"), "F4");
    cr_assert_str_eq(mock_ask("vFile:pwrite:3,39,too much"), "F-1,1c");
    cr_assert_str_eq(mock_ask("vFile:close:3"), "F0");
    cr_assert_str_eq(mock_ask("vFile:close:3"), "F-1,9");
    cr_assert_str_eq(mock_ask("vFile:open:2f66696c65,0,0"), "F3");
    cr_assert_str_eq(mock_ask("vFile:pread:3,5,0"), "F5;good ");
    cr_assert_str_eq(mock_ask("vFile:pread:3,1000,5"), "F3;day");
    cr_assert_str_eq(mock_ask("vFile:pread:3,1000,8"), "F0;");
    cr_assert_str_eq(mock_ask("vFile:unlink:2f66696c65"), "F0");
    cr_assert_str_eq(mock_ask("vFile:unlink:2f66696c65"), "F-1,2");
    cr_assert_str_eq(mock_ask("vFile:readlink:2f66696c65"), "F-1,16");
}

Test(processes, read_a_files_bytes_as_they_are) {
    mock_send("vFile:open:2f66696c65,601,1c0");
    memcpy(mock.file, "#$}*\0*\xff", 7);
    mock.file_size = 7;
    expect_bytes("vFile:pread:3,7,0", "F7;#$}*\0*\xff", 10);
}

Test(processes, tell_a_files_status_as_gdb_wants_it) {
    static const uint8_t status[] = "F40;\0\0\0\0\0\0\0\0\0\0\x81\xa4\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"
                                    "\0\0\0\0\0\0\0\2\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\1"
                                    "\x12\x34\x56\x78\x12\x34\x56\x78\x12\x34\x56\x78";
    mock_send("vFile:open:2f66696c65,601,1c0");
    mock_send("vFile:pwrite:3,0,ab");
    expect_bytes("vFile:fstat:3", status, sizeof(status) - 1);
    cr_assert_str_eq(mock_ask("vFile:fstat:4"), "F-1,9");
}

Test(processes, refuse_file_packets_that_are_none) {
    static const char *const bad[] = {"vFile:open:,0,0",
                                      "vFile:open:2f6,0,0",
                                      "vFile:open:2f0066,0,0",
                                      "vFile:open:2f66",
                                      "vFile:open:2f66,0",
                                      "vFile:open:2f66,0,0,0",
                                      "vFile:open:2f66,fffffffff,0",
                                      "vFile:pread:3",
                                      "vFile:pread:3,1",
                                      "vFile:pread:,1,1",
                                      "vFile:pread:3,1,ffffffffffffffff",
                                      "vFile:pwrite:3,0",
                                      "vFile:close:",
                                      "vFile:close:3,",
                                      "vFile:close:80000000",
                                      "vFile:fstat:x",
                                      "vFile:unlink:",
                                      "vFile:unlink:zz",
                                      "vFile:setfs:",
                                      "vFile:setfs:-1"};
    mock_send("vFile:open:2f66696c65,601,1c0");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert_str_eq(mock_ask(bad[i]), "F-1,16", "%s", bad[i]);
    cr_assert_str_eq(mock_ask("vFile:nothing:"), "");
}

Test(processes, close_what_the_last_gdb_had_open) {
    mock_send("vFile:open:2f66696c65,601,1c0");
    mock_send("qSupported");
    cr_assert_not(mock.is_open);
}

Test(processes, files_are_served_only_where_there_are_some) {
    mock_start();
    cr_assert_str_eq(mock_ask("vFile:setfs:0"), "");
}
