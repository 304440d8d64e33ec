// A pattern of grep, made ready: plain text where it has no special characters, else a regular expression.
#pragma once

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "apps/grep/literal.h"

enum pattern_syntax { PATTERN_BASIC, PATTERN_EXTENDED, PATTERN_FIXED };

struct pattern_options {
    enum pattern_syntax syntax;
    bool ignore_case;
    bool whole_words;
    bool whole_lines;
    bool only_whether; // where a match lies is not asked
};

struct pattern {
    const struct pattern_options *options;
    struct literal literal; // what every match holds, where that is known
    bool is_literal;        // that is all of the pattern; else `regex` is used
    bool anchored;          // the regular expression starts with ^: a match later in a line cannot be
    regex_t regex;
};

struct match {
    size_t start, end;
};

// What the C library's regular expressions lack of what people write: in basic ones \| \+ \? (the whole
// becomes an extended one, `extended` says so), in both \w \W \s \S \< \> \b. In memory of the caller's.
char *pattern_translate(const char *text, size_t length, bool *extended);

// Null, or what is wrong with a translated expression that the C library would take for something else: extended ones have no \1 there.
const char *pattern_lacks(const char *expression, bool extended);

// The length of the bracket expression at `text`: a ] right at its start, or inside [: :], does not end it.
size_t pattern_bracket_length(const char *text, size_t length);

// Null, or what is wrong with it.
const char *pattern_compile(struct pattern *pattern, const char *text, size_t length,
                            const struct pattern_options *options);

// The first match at or behind `from` in the line (which has room for one more byte behind it).
bool pattern_find(const struct pattern *pattern, char *line, size_t length, size_t from, struct match *match);
