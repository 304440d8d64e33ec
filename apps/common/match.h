// Whether a name matches a pattern: * any bytes, ? one character, [a-z] and [[:alpha:]] one of these, [!a-z] none of them, \x
// is x.
#pragma once

#include <stdbool.h>

// Inside of a set: a class as [:alpha:], and what stands behind it. Null: `set` begins none.
const char *match_class(const char *set, unsigned char byte, bool *matches);

bool pattern_matches(const char *pattern, const char *name);
