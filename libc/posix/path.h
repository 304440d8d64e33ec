// Paths: from what a program says to what the file server takes. Pure; unit-tested.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Writes the absolute path for `path`, seen from `directory` (absolute), without empty, "." and ".." parts and without a
// slash at the end ("/" excepted). False: it is empty or does not fit in `capacity`, or a part is longer than a name can
// be. ".." at the root stays there.
bool path_normalise(const char *directory, const char *path, char *result, size_t capacity);
