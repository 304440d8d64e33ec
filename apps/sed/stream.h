// The lines of all files one behind the other, with a look at whether one is the last.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apps/common/input.h"

struct stream {
    struct input input;
    char **names; // the next first, a null pointer last
    bool open, separate;
    uint64_t number; // of the line that was taken last
    struct line next;
    bool has_next;
    void (*begin)(const char *name); // called with each file's name before its first line; may be null
};

// `separate`: each file has a last line, and numbers of its own.
void stream_start(struct stream *stream, char **names, bool separate);

// The next line; valid until the next call. False: the end.
bool stream_take(struct stream *stream, struct line *line);

// Whether the line that was taken last is the last one.
bool stream_is_last(struct stream *stream);
