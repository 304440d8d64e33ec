// Names of files that match a pattern.
#pragma once

#include "apps/sh/text.h"

// Adds the paths that match, sorted. The pattern is as match.h has it; a name that starts with a point is
// matched only by a pattern that does. No match adds nothing.
void glob_add(const char *pattern, struct strings *paths);

// The pattern without its backslashes, in memory of the caller's.
char *glob_unescape(const char *pattern);
