// Conditions between [[ and ]]: those of `test`, with && || ! ( ), patterns behind = == !=, and words in order by < and >.
#pragma once

#include "apps/sh/tree.h"

struct shell;

// Looks at the words as typed; none is split or matched with files. What && and || leave out is not expanded. The exit status: 0 or
// 1, or 2 where it was complained about.
int double_bracket(struct shell *shell, const struct word *words);
