// The protocol between a console and the driver of its terminal: the display, or the serial line.
//
// The console makes two pipes to the driver's process: one that it sends text through, one that it receives input
// through (what was typed on the serial line, answers of the display to reports asked for). The driver learns of each by
// EVENT_PIPE. It serves one session at a time: pipes that come while it has one are closed at once.
// A line feed starts a new line: the driver adds the carriage return. Text is UTF-8.
// A request is one message of a struct terminal_request, answered by a struct terminal_reply.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum terminal_operation {
    TERMINAL_SIZE = 1, // reply: columns and rows; both 0: not known
};

struct terminal_request {
    uint32_t operation; // enum terminal_operation
    uint32_t reserved;  // 0
};

struct terminal_reply {
    int32_t status; // enum status
    uint32_t columns;
    uint32_t rows;
    uint32_t reserved; // 0
};
