// Whether a name matches a pattern: * any bytes, ? one character, [a-z] one of these, [!a-z] none of them, \x
// is x.
#pragma once

#include <stdbool.h>

bool pattern_matches(const char *pattern, const char *name);
