// Unit tests of the protocol server against the mock target: what each packet answers, good and bad.
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/debug/mock.h"

static void attach(void) {
    mock_start();
    mock_send("qSupported:multiprocess+;swbreak+;hwbreak+");
    mock_clear();
}

TestSuite(server, .init = attach);

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

// ---- signals ----

Test(server, keeps_a_fault_from_its_program_where_no_signal_is_given) {
    cr_assert_eq(mock_send("vCont;C0b:p1.a;c"), SERVER_RUN);
    cr_assert_not(mock.server.plan.actions[0].keeps_fault);
    cr_assert(mock.server.plan.actions[1].keeps_fault);
    cr_assert(mock.server.plan.actions[0].signal == 11 && mock.server.plan.actions[1].signal == 0);
    cr_assert_eq(mock_send("vCont;S00:p1.a"), SERVER_RUN);
    cr_assert(mock.server.plan.actions[0].keeps_fault);
    cr_assert_eq(mock_send("C0b"), SERVER_RUN);
    cr_assert_not(mock.server.plan.actions[0].keeps_fault);
    cr_assert_eq(mock_send("s"), SERVER_RUN);
    cr_assert(mock.server.plan.actions[0].keeps_fault);
}

Test(server, knows_which_signals_gdb_does_not_want_to_hear_of) {
    cr_assert(strstr(mock_ask("qSupported:"), "QPassSignals+"));
    cr_assert_str_eq(mock_ask("QPassSignals:b;e;ff"), "OK");
    cr_assert(server_passes(&mock.server, 11) && server_passes(&mock.server, 14) && server_passes(&mock.server, 255));
    cr_assert_not(server_passes(&mock.server, 10) || server_passes(&mock.server, 256));
    cr_assert_str_eq(mock_ask("QPassSignals:4;100"), "E01");
    cr_assert_str_eq(mock_ask("QPassSignals:4,5"), "E01");
    cr_assert(server_passes(&mock.server, 11), "half of a list is none");
    cr_assert_str_eq(mock_ask("QPassSignals:"), "OK");
    cr_assert_not(server_passes(&mock.server, 11));
    mock_ask("QPassSignals:b");
    mock_ask("qSupported:");
    cr_assert_not(server_passes(&mock.server, 11), "the next GDB has its own list");
}

// ---- sessions ----

Test(server, says_what_it_can_and_only_that) {
    const char *answer = mock_ask("qSupported:multiprocess+");
    cr_assert(strstr(answer, "PacketSize=") && strstr(answer, "QStartNoAckMode+") && strstr(answer, "multiprocess+"));
    cr_assert(strstr(answer, "qXfer:features:read+"));
    cr_assert_null(strstr(mock_ask("qSupported:swbreak+"), "multiprocess"));
}

Test(server, answers_unknown_packets_with_the_empty_one) {
    cr_assert_str_eq(mock_ask("vMustReplyEmpty"), "");
    cr_assert_str_eq(mock_ask("!"), "");
    cr_assert_str_eq(mock_ask("qXfer:nothing:read:a:0,10"), "");
}

Test(server, acknowledges_until_it_is_told_not_to) {
    mock_send("?");
    cr_assert_eq(mock.line[0], '+');
    cr_assert_str_eq(mock_ask("QStartNoAckMode"), "OK");
    mock_clear();
    mock_send("?");
    cr_assert_eq(mock.line[0], '$');
}

Test(server, sends_its_last_packet_again_when_asked) {
    mock_send("?");
    size_t length = mock.line_length;
    char first[256];
    memcpy(first, mock.line, length);
    mock_clear();
    mock_feed("-", 1);
    cr_assert_eq(mock.line_length, length - 1);
    cr_assert_arr_eq(mock.line, first + 1, length - 1);
}

Test(server, asks_again_for_a_damaged_packet) {
    mock_feed("$?#00", 5);
    cr_assert_eq(mock.line_length, 1);
    cr_assert_eq(mock.line[0], '-');
}

Test(server, a_second_gdb_begins_anew_whatever_the_first_one_left) {
    mock_send("QStartNoAckMode");
    mock_send("Z0,1000,1");
    mock_clear();
    mock_send("qSupported:multiprocess+");
    cr_assert_eq(mock.line[0], '+');
    cr_assert_eq(mock_break_count(), 0);
}

Test(server, forgetting_a_process_that_has_ended_leaves_the_others_as_they_are) {
    mock_send("Z0,1000,1");
    mock_clear();
    cr_assert_eq(mock_send("D;999"), SERVER_STAY);
    cr_assert_str_eq(mock_answer(), "OK");
    cr_assert_eq(mock_break_count(), 1);
    cr_assert_eq(mock_send("D;1"), SERVER_DETACH);
    cr_assert_eq(mock_send("D;999"), SERVER_DETACH);
}

Test(server, a_gdb_that_lets_go_of_one_after_the_other_never_leaves_the_machine_standing) {
    cr_assert_eq(mock_send("D;1"), SERVER_DETACH);
    mock_send("Hgp3e7.1");
    cr_assert_eq(mock_send("D;999"), SERVER_DETACH, "it has ended since");
    cr_assert_eq(mock_send("vCont;c"), SERVER_RUN);
    cr_assert_eq(mock_send("D;999"), SERVER_STAY, "it stayed after all");
}

Test(server, detaching_leaves_no_trace) {
    mock_send("Z0,1000,1");
    mock_clear();
    cr_assert_eq(mock_send("D;1"), SERVER_DETACH);
    cr_assert_str_eq(mock_answer(), "OK");
    cr_assert_eq(mock_break_count(), 0);
    mock_clear();
    server_console(&mock.server, "text", 4);
    cr_assert_eq(mock.line_length, 0);
}

// ---- threads ----

static void begin_with_processes(void) {
    mock_send("qSupported:multiprocess+");
    mock_send("qSymbol::");
}

Test(server, lists_the_threads_of_all_processes) {
    begin_with_processes();
    mock_ask("qfThreadInfo");
    cr_assert_str_eq(mock_ask("qfThreadInfo"), "mp1.a,p1.b,p2.14,p77359400.1");
    cr_assert_str_eq(mock_ask("qsThreadInfo"), "l");
}

// It would go to the new one, and say that the machine stands there.
Test(server, tells_of_new_processes_behind_the_list_that_belongs_to_the_stop) {
    static const char all[] = "mp1.a,p1.b,p2.14,p77359400.1";
    struct debug_stop stop = {.thread = {1, 10}, .signal = SIGNAL_TRAP};
    begin_with_processes();
    mock.server.newest_told = 10;
    server_tell_stop(&mock.server, &stop);
    cr_assert_str_eq(mock_ask("qfThreadInfo"), "mp1.a,p1.b,p77359400.1");
    cr_assert_str_eq(mock_ask("qsThreadInfo"), "l");
    cr_assert(mock.server.withholds);
    cr_assert_str_eq(mock_ask("qfThreadInfo"), all);
    cr_assert_not(mock.server.withholds);
    server_tell_stop(&mock.server, &stop);
    cr_assert_str_eq(mock_ask("qfThreadInfo"), all); // it has been told
}

Test(server, withholds_processes_from_a_document_in_all_its_parts) {
    struct debug_stop stop = {.thread = {1, 10}, .signal = SIGNAL_TRAP};
    begin_with_processes();
    server_tell_stop(&mock.server, &stop);
    cr_assert_null(strstr(mock_ask("qXfer:threads:read::0,40"), "p2.14"));
    cr_assert_null(strstr(mock_ask("qXfer:threads:read::40,1000"), "p2.14"));
    cr_assert_not_null(strstr(mock_ask("qXfer:threads:read::0,1000"), "p2.14"));
}

Test(server, takes_one_process_alone_while_gdb_begins) {
    mock_send("qSupported:multiprocess+");
    cr_assert_str_eq(mock_ask("qfThreadInfo"), "mp1.a,p1.b");
    mock_send("qSymbol::");
    cr_assert_str_eq(mock_ask("qfThreadInfo"), "mp1.a,p1.b,p2.14,p77359400.1");
}

Test(server, tells_a_gdb_without_processes_threads_alone) {
    mock_send("qSupported:swbreak+");
    cr_assert_str_eq(mock_ask("qfThreadInfo"), "ma,b,14,1");
    cr_assert_str_eq(mock_ask("Hg14"), "OK");
    cr_assert(begins(mock_ask("p0"), "14000000"));
}

Test(server, chooses_a_thread_a_process_or_any) {
    cr_assert_str_eq(mock_ask("Hgp1.b"), "OK");
    cr_assert_str_eq(mock_ask("qC"), "QCp1.b");
    cr_assert_str_eq(mock_ask("Hgp2.-1"), "OK");
    cr_assert_str_eq(mock_ask("qC"), "QCp2.14");
    cr_assert_str_eq(mock_ask("Hg0"), "OK");
    cr_assert_str_eq(mock_ask("qC"), "QCp1.a");
}

Test(server, refuses_threads_that_are_not_there) {
    cr_assert(begins(mock_ask("Hgp1.99"), "E"));
    cr_assert(begins(mock_ask("Tp3.1"), "E"));
    cr_assert_str_eq(mock_ask("Tp2.14"), "OK");
    cr_assert(begins(mock_ask("Hg"), "E"));
    cr_assert(begins(mock_ask("Hgpx"), "E"));
}

Test(server, describes_a_thread_in_words) {
    cr_assert_str_eq(mock_ask("qThreadExtraInfo,p1.a"), "746872656164203c31303e207761697473"); // "thread <10> waits"
}

Test(server, tells_a_stop_with_the_frames_registers_and_the_reason) {
    struct debug_stop stop = {.thread = {2, 20}, .signal = SIGNAL_TRAP, .is_break = true, .kind = BREAK_SOFTWARE};
    server_tell_stop(&mock.server, &stop);
    cr_assert(begins(mock_answer(), "T05"));
    cr_assert(strstr(mock_answer(), "10:0000000000000000;thread:p2.14;core:0;swbreak:;"));
    stop = (struct debug_stop){
        .thread = {1, 10}, .signal = SIGNAL_TRAP, .is_break = true, .kind = WATCH_WRITE, .address = 0x1234};
    server_tell_stop(&mock.server, &stop);
    cr_assert(strstr(mock_answer(), "watch:1234;"));
}

// ---- registers ----

Test(server, tells_unknown_registers_as_unavailable) {
    const char *answer = mock_ask("g");
    cr_assert(begins(answer, "0a00000000000000"));
    cr_assert_str_eq(answer + strlen(answer) - 16, "xxxxxxxxxxxxxxxx");
}

Test(server, writes_registers_where_they_can_be_written) {
    cr_assert_str_eq(mock_ask("P1=8877665544332211"), "OK");
    cr_assert_eq(mock.registers.general[1], 0x1122334455667788);
    cr_assert(begins(mock_ask("P28=00"), "E"));
    cr_assert(begins(mock_ask("P1="), "E"));
    cr_assert(begins(mock_ask("Pffff=00"), "E"));
    cr_assert(begins(mock_ask("p1000"), "E"));
    mock_ask("Hgp2.14");
    cr_assert(begins(mock_ask("P1=8877665544332211"), "E."));
}

Test(server, writes_all_registers_and_leaves_out_what_did_not_change) {
    static const char value[] = {"0102030405060708"}; // of the second register
    char body[2048] = "G";
    strcat(body, mock_ask("g"));
    for (size_t i = 0; value[i] != 0; i++)
        body[1 + 16 + i] = value[i];
    cr_assert_str_eq(mock_ask(body), "OK");
    cr_assert_eq(mock.registers.general[1], 0x0807060504030201);
    cr_assert(begins(mock_ask("G123"), "E"));
}

// ---- memory ----

Test(server, reads_and_writes_memory_in_both_forms) {
    cr_assert_str_eq(mock_ask("M1000,3:0a0b0c"), "OK");
    cr_assert_str_eq(mock_ask("m1000,4"), "0a0b0c00");
    cr_assert_str_eq(mock_ask("X1003,2:hi"), "OK");
    cr_assert_str_eq(mock_ask("m1003,2"), "6869");
    cr_assert_str_eq(mock_ask("x1003,2"), "bhi");
    cr_assert_str_eq(mock_ask("X1003,0:"), "OK");
}

Test(server, answers_memory_that_is_not_there_with_an_error) {
    cr_assert(begins(mock_ask("m0,4"), "E"));
    cr_assert(begins(mock_ask("x0,4"), "E"));
    cr_assert(begins(mock_ask("M0,1:00"), "E"));
    cr_assert_str_eq(mock_ask("m1ffe,4"), "0000");
    cr_assert(begins(mock_ask("X1fff,2:ab"), "E"));
    cr_assert(begins(mock_ask("mffffffffffffffff,ffffffffffffffff"), "E"));
}

Test(server, refuses_writes_whose_length_is_a_lie) {
    cr_assert(begins(mock_ask("M1000,4:00"), "E"));
    cr_assert(begins(mock_ask("M1000,ffffffffffffffff:00"), "E"));
    cr_assert(begins(mock_ask("X1000,5:hi"), "E"));
    cr_assert(begins(mock_ask("m1000"), "E"));
    cr_assert(begins(mock_ask("m11111111111111111,1"), "E"));
}

Test(server, sums_memory_as_gdb_does) {
    memcpy(mock.memory, "123456789", 9);
    cr_assert_str_eq(mock_ask("qCRC:1000,9"), "C0376e6e7");
    cr_assert(begins(mock_ask("qCRC:0,9"), "E"));
}

Test(server, finds_bytes_in_memory) {
    memcpy(mock.memory + 700, "needle", 6);
    cr_assert_str_eq(mock_ask("qSearch:memory:1000;1000;needle"), "1,12bc");
    cr_assert_str_eq(mock_ask("qSearch:memory:1000;2c0;needle"), "0");
    cr_assert(begins(mock_ask("qSearch:memory:1000;2000;needlf"), "E"));
    cr_assert(begins(mock_ask("qSearch:memory:1000;1000;"), "E"));
}

// ---- running ----

Test(server, takes_plans_with_all_kinds_of_actions) {
    cr_assert_str_eq(mock_ask("vCont?"), "vCont;c;C;s;S;t;r");
    cr_assert_eq(mock_send("vCont;r1000,1010:p1.a;s:p2.-1;t:p77359400.1;c"), SERVER_RUN);
    const struct resume_plan *plan = &mock.server.plan;
    cr_assert_eq(plan->count, 4);
    const struct resume_action *found = resume_plan_find(plan, &(struct debug_thread){1, 10});
    cr_assert_eq(found->kind, RESUME_STEP);
    cr_assert_eq(found->start, 0x1000);
    cr_assert_eq(found->end, 0x1010);
    cr_assert_eq(resume_plan_find(plan, &(struct debug_thread){2, 20})->kind, RESUME_STEP);
    cr_assert_eq(resume_plan_find(plan, &(struct debug_thread){2000000000, 1})->kind, RESUME_STOPPED);
    cr_assert_eq(resume_plan_find(plan, &(struct debug_thread){1, 11})->kind, RESUME_CONTINUE);
}

Test(server, a_plan_without_a_thread_leaves_it_stopped) {
    cr_assert_eq(mock_send("vCont;s:p1.a"), SERVER_RUN);
    cr_assert_null(resume_plan_find(&mock.server.plan, &(struct debug_thread){1, 11}));
}

Test(server, a_plan_that_lets_nobody_run_is_answered_by_the_stop) {
    mock_clear();
    cr_assert_eq(mock_send("vCont;t"), SERVER_STAY);
    cr_assert(begins(mock_answer(), "T05"));
}

Test(server, refuses_plans_that_are_no_plans) {
    static const char *const bodies[] = {"vCont;",
                                         "vCont",
                                         "vCont;x",
                                         "vCont;c:",
                                         "vCont;C:1",
                                         "vCont;r1:p1.a",
                                         "vCont;c;;c",
                                         "vCont;s:p1.aq",
                                         "c1000",
                                         "S;",
                                         "vCont;c;c;c;c;c;c;c;c;c;c;c;c;c;c;c;c;c"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        mock_clear();
        cr_assert_eq(mock_send(bodies[i]), SERVER_STAY, "%s", bodies[i]);
        cr_assert(begins(mock_answer(), "E"), "%s", bodies[i]);
    }
}

Test(server, sets_and_clears_breaks_in_the_chosen_process) {
    mock_send("Hgp2.14");
    cr_assert_str_eq(mock_ask("Z0,1100,1"), "OK");
    cr_assert_eq(mock.breaks[0].process, 2);
    cr_assert_str_eq(mock_ask("Z2,1100,8"), "OK");
    cr_assert_eq(mock_break_count(), 2);
    cr_assert_str_eq(mock_ask("z0,1100,1"), "OK");
    cr_assert_eq(mock_break_count(), 1);
}

Test(server, refuses_breaks_in_words) {
    cr_assert(begins(mock_ask("Z0,10,1"), "E.there is no memory"));
    cr_assert(begins(mock_ask("Z0,20,1"), "E.the kernel runs no program: choose"));
    cr_assert_eq(mock_break_count(), 0);
    cr_assert(begins(mock_ask("Z7,1000,1"), "E"));
    cr_assert(begins(mock_ask("Z0,1000"), "E"));
    static const char *const fill[MOCK_BREAKS] = {"Z1,1000,1", "Z1,1001,1", "Z1,1002,1", "Z1,1003,1"};
    for (int i = 0; i < MOCK_BREAKS; i++)
        mock_ask(fill[i]);
    cr_assert_str_eq(mock_ask(fill[0]), "OK"); // is there
    cr_assert(begins(mock_ask("Z1,1004,1"), "E.no more"));
}

Test(server, kills_a_process_and_says_why_it_cannot) {
    cr_assert_str_eq(mock_ask("vKill;2"), "OK");
    cr_assert_eq(mock.killed, 2);
    cr_assert(begins(mock_ask("vKill;77359400"), "E.this cannot"));
    cr_assert(begins(mock_ask("vKill;9"), "E.there is no such"));
    cr_assert_eq(mock_send("k"), SERVER_KILL);
    cr_assert_eq(mock_send("R00"), SERVER_REBOOT);
}

// ---- documents and commands ----

Test(server, hands_out_a_document_in_parts) {
    char whole[1 << 14] = "", body[64];
    for (size_t offset = 0;; offset += 100) {
        snprintf(body, sizeof(body), "qXfer:features:read:target.xml:%zx,64", offset);
        const char *answer = mock_ask(body);
        strcat(whole, answer + 1);
        if (answer[0] == 'l')
            break;
        cr_assert_eq(answer[0], 'm');
        cr_assert_eq(strlen(answer), 101);
    }
    cr_assert(begins(whole, "<?xml"));
    cr_assert(strstr(whole, "name=\"rip\"") && strstr(whole, "name=\"xmm15\"") && strstr(whole, "name=\"fs_base\""));
    cr_assert_str_eq(whole + strlen(whole) - 9, "</target>");
    cr_assert(begins(mock_ask("qXfer:features:read:other.xml:0,64"), "E"));
    cr_assert_str_eq(mock_ask("qXfer:features:read:target.xml:ffffff,64"), "l");
    cr_assert(begins(mock_ask("qXfer:features:read:target.xml:0"), "E"));
}

Test(server, lists_its_threads_in_a_document) {
    const char *answer = mock_ask("qXfer:threads:read::0,1000");
    cr_assert(strstr(answer, "<thread id=\"p1.a\">thread &#60;10&#62; waits</thread>"));
    cr_assert(strstr(answer, "<thread id=\"p1.b\" core=\"3\">thread"));
    cr_assert(begins(mock_ask("qXfer:threads:read:annex:0,64"), "E"));
}

Test(server, runs_console_commands) {
    mock_clear();
    mock_send("qRcmd,68656c6c6f"); // hello
    cr_assert_str_eq(mock_answer(), "OK");
    mock.line[mock.line_length] = 0;
    cr_assert_not_null(strstr(mock.line, "$O676f6f64206461790a#"));
    mock_clear();
    mock_send("qRcmd,6c6f6e67"); // long: many parts
    cr_assert_str_eq(mock_answer(), "OK");
    cr_assert_gt(mock.line_length, 7000);
    mock_clear();
    mock_send("qRcmd,6e6f"); // no
    cr_assert_str_eq(mock_answer(), "OK");
    mock.line[mock.line_length] = 0;
    cr_assert_not_null(strstr(mock.line, "$O6e6f3a207468657265206973206e6f20")); // "no: there is no "
    cr_assert(begins(mock_ask("qRcmd,zz"), "E"));
}
