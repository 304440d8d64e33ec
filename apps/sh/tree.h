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
    NODE_LIST, // children: run one after the other; those with `background` are not waited for
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
};

struct redirection {
    struct redirection *next;
    enum redirection_kind kind;
    int descriptor;
    char *target; // a word: a file, or for DUPLICATE a digit or "-"
};

struct node {
    enum node_kind kind;
    struct node *next; // beside it in the parent
    struct node *children;
    bool background; // child of a list: ended by &
    bool negated;    // pipeline: ! before it
    unsigned line;
    const char *source; // of the whole node, in the script
    size_t source_length;
    struct word *assignments;
    struct word *words;
    struct redirection *redirections;
};
