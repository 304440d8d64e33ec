// The lines around those that match: which of them are to be seen, and the last few that were not selected, in case one that
// follows is.
//
// Rules: pure but for memory. Lines of a file are numbered from 1 and told in order, each by context_pass or by context_select.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "apps/common/input.h"

struct kept_line {
    char *text;
    size_t length;
    size_t capacity;
    uint64_t number;
};

struct context {
    bool wanted;     // even of no lines: gaps are marked then
    uint64_t before; // lines wanted
    uint64_t after;
    uint64_t after_left; // of the last one selected
    uint64_t last;       // the number of the line last seen, 0: none of this file
    bool any;            // some line was seen, of whichever file
    struct kept_line *kept;
    size_t places; // as many as were needed so far, `before` at most
    size_t count;
    size_t oldest;
};

// The next lines are another file's.
void context_begin(struct context *context);

// A line was not selected. Whether it is to be shown, as one that follows.
bool context_pass(struct context *context, const struct line *line, uint64_t number);

// A line was selected. Whether a mark of a gap is to be shown before it and those that context_take gives out.
bool context_select(struct context *context, uint64_t number);

// The oldest of the lines before the selected one; good until the next call. False: there are none any more.
bool context_take(struct context *context, struct line *line, uint64_t *number);
