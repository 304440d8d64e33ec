// What the parser makes of a script: a tree of commands. It lives in an arena and goes with it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum node_kind {
    NODE_COMMAND,  // words, assignments, redirections
    NODE_SUBSHELL, // ( list ): `source` of the list, redirections
    NODE_PIPELINE, // children: the parts
    NODE_AND,      // children: two
    NODE_OR,
    NODE_LIST,       // children: run one after the other; those with `background` are not waited for
    NODE_GROUP,      // { list }: one child
    NODE_IF,         // children: condition, list, condition, list, ..., and one more for else
    NODE_LOOP,       // while and until (`negated`): children: condition, list
    NODE_FOR,        // words: the variable, then what follows `in`; child: the list
    NODE_CASE,       // words: the subject; children: the ways
    NODE_WAY,        // words: patterns; child: the list, or none
    NODE_FUNCTION,   // words: the name; child: the body
    NODE_ARITHMETIC, // ((...)): words: the number as $((...))
    NODE_CONDITION,  // [[...]]: words: what stands between
    NODE_COUNTED,    // for ((...;...;...)): words: the three, each as $((...)) or empty; child: the list
    NODE_KIND_COUNT,
};

struct word {
    struct word *next;
    char *text; // as it was typed, with quotes
};

enum redirection_kind {
    REDIRECT_READ,
    REDIRECT_WRITE,
    REDIRECT_APPEND,
    REDIRECT_READ_WRITE,
    REDIRECT_DUPLICATE,
    REDIRECT_HERE,
    REDIRECT_HERE_STRING,
};

struct redirection {
    struct redirection *next;
    enum redirection_kind kind;
    int descriptor;
    char *target;     // a word: a file, or for DUPLICATE a digit or "-", or for HERE the text
    bool quoted;      // HERE: the text means itself
    bool tabs;        // HERE: tabs before its lines are dropped
    const char *here; // HERE: as it stands in the script, with the delimiter's line
    size_t here_length;
    struct redirection *next_here;         // on the same line, while the parser waits for their lines
    const struct redirection *here_before; // the one before it on the same line
};

struct node {
    enum node_kind kind;
    struct node *next; // beside it in the parent
    struct node *children;
    bool background; // child of a list: ended by &
    bool negated;    // pipeline: ! before it; loop: until
    bool timed;      // pipeline: time before it
    bool errors_too; // part of a pipeline: |& behind it
    bool has_in;     // for: without `in` it goes through the arguments
    unsigned line;
    const char *source; // of the whole node, in the script
    size_t source_length;
    const struct redirection
        *pending; // here-documents begun before it on its first line: their lines may lie inside the source
    struct word *assignments;
    struct word *words;
    struct redirection *redirections;
};

struct text;

// Adds the script's text of a node to `text`: parsed again, it is the same tree. Lines of here-documents that belong
// to others are left out, and the node's own, where they follow behind it, are put behind it.
void tree_source(const struct node *node, struct text *text);
