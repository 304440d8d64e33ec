// Text that is looked for as it is, with or without regard to case: much faster than a regular expression.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct literal {
    char *text; // null: there is none
    size_t length;
    bool ignore_case;
};

// Copies the text.
void literal_make(struct literal *literal, const char *text, size_t length, bool ignore_case);

// Where it stands first; null: nowhere. An empty one stands at the start.
char *literal_find(const struct literal *literal, const char *text, size_t length);

// The longest text that every match of a POSIX expression must hold, as a part of the expression; 0: none is seen.
size_t literal_required(const char *expression, bool extended, const char **text);
