// Where sed writes: standard output, the file that -i makes, and the files of w.
//
// Rules: a last line that came without a line end is written without one, and gets it when more follows in the same sink.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "apps/common/output.h"

struct sink {
    struct output *output;
    bool unended; // what was written last lacks its line end
    char *name;   // of a file of w
    struct sink *next;
};

extern struct sink sink_standard;

// The sink of `w NAME`: the file is made, or emptied, the first time; /dev/stdout and /dev/stderr are the tool's own. A file that
// cannot be written ends the tool with a complaint.
struct sink *sink_of_file(const char *name);

void sink_bytes(struct sink *sink, const void *bytes, size_t size);

// What the files of w have got so far can be read from them.
void sinks_flush(void);

// At the end: complains of each file of w that could not be written.
void sinks_finish(void);
