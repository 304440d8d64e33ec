// The shell's variables.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "apps/sh/text.h"

struct variable {
    char *name;
    char *value; // null: exported, but never set
    bool exported;
    bool fixed; // read only: it is neither set nor unset any more
};

// What is said of it then.
#define VARIABLE_IS_FIXED "is read only"

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

// False: it is read only, and stays as it is.
bool variables_set(struct variables *variables, const char *name, const char *value);
bool variables_unset(struct variables *variables, const char *name);

void variables_export(struct variables *variables, const char *name);
void variables_fix(struct variables *variables, const char *name);
bool variables_is_fixed(const struct variables *variables, const char *name);

// As before a function or a command had it for a while; null: not set.
void variables_restore(struct variables *variables, const char *name, const char *value);

// "NAME=VALUE" of all that are exported.
void variables_environment(const struct variables *variables, struct strings *environment);

// The same of all, exported or not: for a shell that takes a part of this one's work.
void variables_for_subshell(const struct variables *variables, struct strings *environment);

// Letters, digits and _, no digit first.
bool variables_is_name(const char *text);
void variables_sort(struct variables *variables);
void variables_release(struct variables *variables);
