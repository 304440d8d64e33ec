// Whole numbers of 64 bits as $((...)) computes them, with the operators of C, and ** for powers.
//
// A name is a variable's value, 0 where it has none; = and its relatives set it. Numbers may be 017 or 0x1f. What is too large
// wraps around.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "apps/sh/variables.h"

// False: `problem` says why.
bool arithmetic_evaluate(struct variables *variables, const char *text, int64_t *value, const char **problem);
