// The lines of a text, each with a number that equal lines share.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apps/common/input.h"

struct text_line {
    const char *text;
    size_t length;     // without the line end
    uint32_t identity; // equal for equal lines of both texts
};

struct lines {
    struct whole whole;
    struct text_line *list;
    size_t count;
    bool unended; // the last line has no line end
};

struct lines_options {
    bool ignore_case, ignore_blanks, squeeze_blanks; // -i -w -b
};

// Reads a file, which ends the tool if it cannot be.
void lines_read(struct lines *lines, const char *name);

// Gives lines of both the numbers.
void lines_identify(struct lines *left, struct lines *right, const struct lines_options *options);
