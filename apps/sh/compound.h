// Running if, while, for, case and { }.
#pragma once

#include "apps/sh/tree.h"

struct shell;

// Whether a node is one that the shell itself runs: of the kinds above, or a definition of a function.
bool compound_is(const struct node *node);
void compound_run(struct shell *shell, const struct node *node);
