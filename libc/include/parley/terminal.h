// The protocol between a console and the driver of its terminal: the display, or the serial line.
//
// The console makes two pipes and keeps all their ends: one for text to show, one for input (what was typed on the serial line,
// answers of the display to reports asked for). It attaches itself to the driver with TERMINAL_ATTACH, by which copies of the
// driver's ends travel. So the pipes, and what is in them, outlive a driver that ends: the next one goes on with them.
// A driver serves one session at a time: who attaches takes the place of one whose process has ended, and of no other.
// A line feed starts a new line: the driver adds the carriage return. Text is UTF-8.
// A request is one message of a struct terminal_request, answered by a struct terminal_reply.
#pragma once

#include "kernel/abi/status.h"
#include "kernel/abi/types.h"

enum terminal_operation {
    TERMINAL_SIZE = 1, // reply: columns and rows; both 0: not known
    // With two numbers, the receiving end for text and the sending end for input; reply: as TERMINAL_SIZE. BUSY: it serves
    // another session. INVALID_ARGUMENT: other than two numbers came
    TERMINAL_ATTACH = 2,
};

struct terminal_request {
    uint32_t operation; // enum terminal_operation
    uint32_t reserved;  // 0
};

struct terminal_reply {
    int32_t status; // enum status
    uint32_t columns;
    uint32_t rows;
    // Up to where the kernel has shown its log on this line itself, as it does while no driver has it: the low half of a position of
    // log_read. 0: it does so nowhere here.
    uint32_t log_position;
};
