// A writer puts text where it goes: into a bounded buffer, the log, a console. Every `describe` prints through one.
//
// Rules: writing never fails and never allocates; what does not fit a buffer is counted, not written (writer->length goes on).
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct writer {
    void (*put)(struct writer *writer, const char *text, size_t size);
    char *buffer;    // buffer writers: where
    size_t capacity; // buffer writers: how much fits
    size_t length;   // bytes put so far, written or not
};

// Makes a writer into `buffer`. The text gets no final 0.
void writer_to_buffer(struct writer *writer, char *buffer, size_t capacity);

void writer_text(struct writer *writer, const char *text);

// printf's %d %i %u %x %X %c %s %p %% with flags 0 - #, width, precision (also *) and lengths hh h l ll z; no floats.
void writer_format(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void writer_format_list(struct writer *writer, const char *format, va_list arguments);
