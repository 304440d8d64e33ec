// ${NAME/PATTERN/TEXT} and ${NAME^^}: a value with parts of it replaced.
//
// Rules: pure. Where several parts could match from one place on, it is the longest. In the text, & is what matched, and \x is x.
#pragma once

#include <stdbool.h>

struct replacement {
    const char *pattern; // match.h
    const char *text;
    bool everywhere; // in place of the first match
    char at;         // '#': at the start alone, '%': at the end alone, 0: anywhere
};

// In memory of the caller's.
char *replace_matches(const struct replacement *replacement, const char *value);

// With the letters A to Z of it, or only the first character, made large or small. In memory of the caller's.
char *replace_case(const char *value, bool large, bool all);
