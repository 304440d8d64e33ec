// Conditions as `test` and `[` have them: files, words, numbers, with ! ( ) -a -o.
#pragma once

#include <stddef.h>

enum { CONDITION_HOLDS = 0, CONDITION_FAILS = 1, CONDITION_WRONG = 2 };

// What --help says.
extern const char condition_usage[];

// Looks at `count` words. CONDITION_WRONG: `thing` (which may be null) and `reason` say why.
int condition_evaluate(char **words, size_t count, const char **thing, const char **reason);
