// The driver's side of <parley/terminal.h>: which pipes the session has, and answers about the size.
//
// Rules: one thread. Sessions come from the processes that the driver's gate lets in; one is served at a time, and a new one
// takes its place only when the old one's console has ended.
#pragma once

#include <parley/event.h>

#include <stdbool.h>

struct terminal_service {
    uint32_t columns; // 0: not known
    uint32_t rows;
    uint32_t session;      // process id of the console; 0: none
    int32_t output;        // receives text to show; 0: none
    int32_t input;         // sends what was typed; 0: none
    uint32_t log_position; // as terminal_reply has it
};

// Answers the message with this id. True: there is a new output pipe.
bool terminal_service_answer(struct terminal_service *service, uint32_t id);

// Closes the session's pipes.
void terminal_service_end(struct terminal_service *service);
