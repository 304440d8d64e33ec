// What find looks for: a tree of tests and actions.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

// A file that is looked at.
struct found {
    const char *path;
    struct stat information;
    unsigned depth;
    bool pruned; // -prune: what is in it is not wanted
};

struct term;
typedef bool term_function(const struct term *term, struct found *found);

struct term {
    term_function *holds;
    const struct term *left, *right; // of and, or, not
    const char *text;                // of -name and the like
    char letter;                     // of -type
    char sign;                       // of numbers: + more, - less, = exactly
    uint64_t number, unit;
    struct timespec time; // of -newer
    char **words;         // of -exec: the command
    size_t word_count;
    struct batch *batch; // of -exec ... +
};

struct expression {
    const struct term *root; // null: everything
    bool acts;               // it has an action: -print is not done by itself
    bool depth_first;
    unsigned least, most; // depths
};

// Parses the words behind the paths; what is wrong ends the tool.
void expression_parse(struct expression *expression, char **words);

// Runs what -exec ... + still has to run. The status of find.
int expression_finish(void);

// The actions, as terms.
term_function action_print, action_print0, action_exec, action_exec_batch, action_delete;

// What -exec ... + collects.
struct batch *batch_make(const struct term *term);
