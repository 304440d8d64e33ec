// Running functions.
#pragma once

#include "apps/sh/functions.h"

struct shell;

// Runs a function with these words, the name first; shell->status is how it ended.
void call_function(struct shell *shell, struct function *function, const struct strings *words);
