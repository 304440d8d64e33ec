// The shell's variables.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "apps/sh/text.h"

struct variable {
    char *name;
    char *value; // null: exported, but never set
    bool exported;
};

// Starts as zeros.
struct variables {
    struct variable *list;
    size_t count, capacity;
};

// Takes over an environment: all of it is exported, but what a shell above marked as its own
// (variables_for_subshell).
void variables_import(struct variables *variables, char **environment);

// Null: not set. Those of special.h are not in the list: they cannot be exported, and `set` does not show them.
const char *variables_get(const struct variables *variables, const char *name);
void variables_set(struct variables *variables, const char *name, const char *value);
void variables_export(struct variables *variables, const char *name);
void variables_unset(struct variables *variables, const char *name);

// "NAME=VALUE" of all that are exported.
void variables_environment(const struct variables *variables, struct strings *environment);

// The same of all, exported or not: for a shell that takes a part of this one's work.
void variables_for_subshell(const struct variables *variables, struct strings *environment);

// Letters, digits and _, no digit first.
bool variables_is_name(const char *text);
void variables_sort(struct variables *variables);
void variables_release(struct variables *variables);
