// Lines that were typed before, in memory and, as far as possible, in a file.
#pragma once

#include "apps/sh/text.h"

enum { HISTORY_MAX = 500 };

// Starts as zeros.
struct history {
    struct strings lines; // the oldest first
    size_t first_number;  // of the oldest, from 0 on
    char *path;           // of the file; null: none
};

// Adds a line, but not an empty one, one that starts with a blank, or the same twice in a row; the oldest
// goes when there are HISTORY_MAX.
void history_add(struct history *history, const char *line);

// Reads the file, and adds to it from now on. Without one the history lives in memory alone.
void history_open(struct history *history, const char *path);
