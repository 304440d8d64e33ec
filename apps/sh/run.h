// Running trees.
#pragma once

#include "apps/sh/tree.h"

struct shell;

// Runs a list and what is in it; shell->status is the status of what was run last.
void run_tree(struct shell *shell, const struct node *node);
