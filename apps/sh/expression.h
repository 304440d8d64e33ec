// Extended regular expressions, for [[ A =~ B ]]: whether and where one matches. It remembers no groups, so that each text is gone
// over in one step per character and starting place, whatever the expression is.
//
// Knows | ( ) * + ? {2,3} . ^ $ [a-z] [^a-z] [[:alpha:]] \w \W \s \S; a backslash before all else makes that mean itself. (The C
// library's would make every start of the shell dearer: its tables are relocated each time.)
// Rules: pure. Of the matches that begin first it is the longest.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum expression_result { EXPRESSION_MATCHES, EXPRESSION_FAILS, EXPRESSION_WRONG };

struct expression_match {
    size_t start, end;
};

// WRONG: it is none, or needs more than EXPRESSION_STEPS_MAX steps.
enum expression_result expression_find(const char *expression, const char *text, struct expression_match *match);

enum { EXPRESSION_STEPS_MAX = 10000, EXPRESSION_REPEATS_MAX = 255 };
