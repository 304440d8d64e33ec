// Aliases: words that stand for others where a command begins, in lines that a person types.
//
// Rules: pure. A line is changed before it is parsed. What an alias stands for may begin with another one, and never with itself; where
// it ends in a blank, the next word may be one too. Words with quotes are none, nor is what stands in $( ) or in a here-document.
#pragma once

#include "apps/sh/text.h"

// "NAME=VALUE", in the order of their making. Starts as zeros.
struct aliases {
    struct strings list;
};

// Null: none of this name.
const char *aliases_find(const struct aliases *aliases, const char *name);

// False: it cannot be a name.
bool aliases_set(struct aliases *aliases, const char *name, const char *value);

// False: there is none.
bool aliases_remove(struct aliases *aliases, const char *name);

// The lines with what their aliases stand for. In memory of the caller's.
char *aliases_expand(const struct aliases *aliases, const char *lines);
