// Which lines of two texts are not in the other: the fewest that can be found with a bounded effort.
//
// Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, with its linear space by halving.
#pragma once

#include "apps/diff/lines.h"

// A run of lines of the left that became a run of the right; one of both may be empty.
struct change {
    size_t left, left_count, right, right_count; // from 0 on
};

struct changes {
    struct change *list; // the caller's to free
    size_t count;
};

void compare_lines(const struct lines *left, const struct lines *right, struct changes *changes);
