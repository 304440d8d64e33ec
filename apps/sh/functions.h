// The shell's functions: trees of their own, made again of the text that defined them.
//
// Rules: a function stays as long as it runs, even if it is defined anew or removed meanwhile (functions_begin, _end).
#pragma once

#include <stdbool.h>

#include "apps/sh/arena.h"
#include "apps/sh/text.h"
#include "apps/sh/tree.h"

struct function {
    struct function *next;
    char *name;
    char *source; // NAME() BODY
    const struct node *body;
    struct arena arena;
    unsigned running;
    bool removed;
};

// Starts as zeros.
struct functions {
    struct function *first;
};

// `definition` is a node of NODE_FUNCTION.
void functions_define(struct functions *functions, const struct node *definition);

// Null: none of this name.
struct function *functions_find(const struct functions *functions, const char *name);
void functions_remove(struct functions *functions, const char *name);

// Around a function's run.
void functions_begin(struct function *function);
void functions_end(struct functions *functions, struct function *function);

// Adds what defines them all, a line end behind each.
void functions_source(const struct functions *functions, struct text *text);
