// The line discipline: what typed bytes become before a program reads them.
//
// Cooked: a line is edited here and handed on when it ends. Backspace erases a character, Ctrl-W a word, Ctrl-U the
// line; Ctrl-D hands on what there is, and at the start of a line means the end of the stream; Ctrl-C drops the line and
// means an interrupt, Ctrl-Z the same and means that the program is to stop. Raw: bytes pass, with CONSOLE_INTERRUPTS but Ctrl-C.
// Ctrl-\ means quit in every mode.
// Rules: pure. A discipline of zeros is cooked and empty. Any byte may come.
#pragma once

#include <parley/console.h>

#include <stddef.h>
#include <stdint.h>

enum { DISCIPLINE_LINE_MAX = 1024, DISCIPLINE_ECHO_MAX = 6 * DISCIPLINE_LINE_MAX };

enum discipline_signal { SIGNAL_NONE, SIGNAL_INTERRUPT, SIGNAL_QUIT, SIGNAL_END, SIGNAL_SUSPEND };

struct discipline {
    uint32_t mode; // enum console_mode bits
    uint32_t size; // bytes of the line so far
    char line[DISCIPLINE_LINE_MAX];
};

// What one byte led to. The bytes are good until the next call.
struct discipline_result {
    enum discipline_signal signal;
    const char *data; // for the program
    size_t data_size;
    char echo[DISCIPLINE_ECHO_MAX]; // for the terminal
    size_t echo_size;
};

void discipline_take(struct discipline *discipline, uint8_t byte, struct discipline_result *result);

// Changes the mode. When it becomes raw, an unfinished line is handed on in `result`.
void discipline_set_mode(struct discipline *discipline, uint32_t mode, struct discipline_result *result);
