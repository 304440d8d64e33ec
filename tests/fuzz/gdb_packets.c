// Fuzz target: GDB's protocol from a hostile line. Whatever comes is answered or ignored; nothing is written outside.
//
// The input is what lies on the line; a byte of 0xff puts a right checksum behind the packet that was begun, so that bodies are reached.
// A plan that runs ends in a stop at once. Build and run: ninja build/unit/fuzz-gdb-packets &&
// build/unit/fuzz-gdb-packets -max_total_time=60
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/debug/mock.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void stop_again(void) {
    struct debug_stop stop = {.thread = {1, 11}, .signal = SIGNAL_TRAP};
    if (mock.server.is_attached)
        server_tell_stop(&mock.server, &stop);
    else
        server_note_stop(&mock.server, &stop);
}

static void feed(const void *bytes, size_t size) {
    if (mock_feed(bytes, size) != SERVER_STAY)
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
    mock_start();
    for (size_t i = 0; i < size; i++) {
        if (data[i] == 0xff && mock.server.decoder.state == PACKET_BODY) {
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
