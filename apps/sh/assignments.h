// NAME=VALUE as commands and functions have them: done, and taken back.
#pragma once

#include "apps/sh/text.h"

struct shell;

// Whether the variable of "NAME" or "NAME=VALUE" is read only.
bool assignment_is_refused(const struct shell *shell, const char *assignment);

void assignment_apply(struct shell *shell, const char *assignment);

// Notes what the variable of "NAME" or "NAME=VALUE" is now: "NAME=VALUE", or "NAME" if it is not set.
void assignment_note(const struct shell *shell, const char *assignment, struct strings *before);

// Makes the variables again what was noted, the last note first, down to that of index `from`, which all go.
void assignments_restore(struct shell *shell, struct strings *before, size_t from);
