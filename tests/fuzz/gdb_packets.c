// Fuzz target: GDB's protocol from a hostile line. Whatever comes is answered or ignored; nothing is written outside.
//
// The input is what lies on the line; a byte of 0xff puts a right checksum behind the packet that was begun, so that bodies are reached.
// A plan that runs ends in a stop at once. An input that begins with 0xfe is for the target whose processes come and go; there the byte
// makes the next run end in the first process's end: its code, then a signal, in turn. Build and run: ninja build/unit/fuzz-gdb-packets &&
// build/unit/fuzz-gdb-packets -max_total_time=60
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/debug/mock.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { CHECKSUM = 0xff, PROCESSES = 0xfe };

static bool has_processes, ends_next;
static uint32_t ends;

// What gdbserver does where a plan runs, or all are killed.
static void processes_go_on(enum server_next next) {
    struct debug_stop stop;
    if (next == SERVER_KILL || next == SERVER_REBOOT) {
        mock.server.target->processes->detach(0);
        return;
    }
    if (ends_next || !mock.server.target->processes->current(&stop))
        mock_process_end(ends++ % 2 == 0 ? END_WITH_CODE : END_BY_SIGNAL, SIGNAL_SEGMENT);
    else
        server_tell_stop(&mock.server, &stop);
    ends_next = false;
}

static void stop_again(void) {
    struct debug_stop stop = {.thread = {1, 11}, .signal = SIGNAL_TRAP};
    if (mock.server.is_attached)
        server_tell_stop(&mock.server, &stop);
    else
        server_note_stop(&mock.server, &stop);
}

// Every condition is evaluated for every thread, as if each had run into each point.
static void evaluate(void) {
    const struct debug_target *target = mock.server.target;
    for (uint32_t i = 0; i < mock.server.conditions.count; i++) {
        struct debug_thread thread = {0, 0};
        while (target->thread_next(&thread))
            server_break_holds(&mock.server, &mock.server.conditions.lists[i].place, &thread);
    }
}

static void feed(const void *bytes, size_t size) {
    enum server_next next = mock_feed(bytes, size);
    if (next == SERVER_STAY)
        return;
    evaluate();
    if (has_processes)
        processes_go_on(next);
    else
        stop_again();
}

// The stub's own packets must be packets: what it sends is taken again.
static void check_line(void) {
    static char body[MOCK_LINE_SIZE];
    struct packet_decoder decoder;
    packet_decoder_start(&decoder, body, sizeof(body));
    for (size_t i = 0; i < mock.line_length; i++)
        if (packet_decode(&decoder, (uint8_t)mock.line[i]) == PACKET_DAMAGED)
            abort();
    mock_clear();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    has_processes = size > 0 && data[0] == PROCESSES;
    ends_next = false;
    ends = 0;
    if (has_processes)
        mock_start_processes();
    else
        mock_start();
    for (size_t i = has_processes; i < size; i++) {
        if (has_processes && data[i] == PROCESSES) {
            ends_next = true;
        } else if (data[i] == CHECKSUM && mock.server.decoder.state == PACKET_BODY) {
            char end[4];
            snprintf(end, sizeof(end), "#%02x", mock.server.decoder.sum);
            for (size_t at = 0; at < 3; at++)
                feed(end + at, 1);
        } else {
            feed(data + i, 1);
        }
        check_line();
    }
    return 0;
}
