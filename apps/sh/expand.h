// What words become before a command sees them: braces (brace.h) multiplied, $ and ` replaced, split at blanks, wildcards matched, quotes
// removed.
//
// Rules: unquoted $NAME, $(...), `...` and $((...)) are split into fields at $IFS (blanks and line ends if unset);
// quoted ones and all that was typed are not. Fields with an unquoted * ? [ become the paths that match, or
// stay as they are where none does. A leading ~ is $HOME. Without files and commands behind it, it is pure:
// `substitute` does those.
#pragma once

#include "apps/sh/text.h"
#include "apps/sh/tree.h"
#include "apps/sh/variables.h"

struct expander {
    struct variables *variables;
    char **arguments; // $0, $1, ...
    size_t argument_count;
    int status;                    // $?
    unsigned long process;         // $$
    unsigned long last_background; // $!, 0: none
    bool unset_fails;              // set -u
    char options[8];               // $-
    // What a command writes, without the line ends behind; null: it could not be run, which was told. Caller
    // frees it.
    char *(*substitute)(void *context, const char *command);
    void *context;
    struct text problem; // what was wrong, "NAME: REASON"
    bool unset;          // it is that a variable is not set
};

// Notes what is wrong with a name; false.
bool expander_fail(struct expander *expander, const char *name, size_t length, const char *reason);

// Adds the fields of all the words. False: `problem` says why.
bool expand_words(struct expander *expander, const struct word *words, struct strings *fields);

// One string, not split and not matched: values of variables, targets of redirections. Null: `problem` says
// why.
char *expand_string(struct expander *expander, const char *word);

// The same for a pattern: what is not to be matched stands behind a backslash (match.h).
char *expand_pattern(struct expander *expander, const char *word);

// The same for a text in which the characters of `special` mean something unless a backslash stands before them: those that are
// quoted get one. One that was in a variable counts.
char *expand_special(struct expander *expander, const char *word, const char *special);

// The same for the lines of a here-document, in which quotes mean themselves.
char *expand_here(struct expander *expander, const char *text);

// ---- between expand.c and parameter.c ----

struct expansion {
    struct expander *expander;
    struct strings *fields;
    struct text field; // as a pattern: what is not to be matched stands behind a backslash
    bool in_field;     // there is one, if only an empty one
    bool has_wildcard;
    bool has_bracket;    // a [, which needs a ] to be one
    bool whole;          // neither split nor matched
    bool quoted;         // inside "..."
    bool here;           // in a here-document
    bool splits;         // in the word of ${NAME:-WORD}: what is typed is split too
    const char *special; // of expand_special; null: those of patterns
    unsigned depth;
};

void expansion_put_value(struct expansion *expansion, const char *value);
// `count` of them, from $`first` on.
void expansion_put_arguments(struct expansion *expansion, char kind, size_t first, size_t count);
bool expansion_put_word(struct expansion *expansion, const char *word, size_t length);
bool expansion_fail(struct expansion *expansion, const char *name, size_t length, const char *reason);

// A number behind $(( and before )).
bool expansion_put_arithmetic(struct expansion *expansion, const char *text, size_t length);

// Expands the $... at `text`, which is `length` bytes long.
bool expansion_put_parameter(struct expansion *expansion, const char *text, size_t length);
