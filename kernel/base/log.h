// The kernel's log: a ring of text that programs read with log_read and that goes to the first serial port.
//
// Rules: callable from anywhere, interrupt handlers included, with any lock but the log's own (the highest rank). So who
// watches the machine for it (kernel/object/machine.h) is told later: when this processor is on its way to a program, or to sleep.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct writer;

// Adds a line "[seconds] text".
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_text(const char *text, size_t size);

// Copies from position on into a kernel buffer; moves *position up to the oldest byte kept. Returns bytes copied.
size_t log_copy(uint64_t *position, char *buffer, size_t size);

// A writer that adds to the log.
struct writer *log_writer(void);

// Whether log text also goes to the first serial port at once (until a console driver owns it: range_open of its ports).
void log_set_serial(int on);

// For a panic alone: lets the log be used whoever held its lock, and sends it to the serial port again.
void log_break_lock(void);
