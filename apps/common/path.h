// Paths cut into their parts, by their text alone. Pure.
#pragma once

#include <stddef.h>

// The last part, without slashes behind it; "/" of a path of slashes alone. `length` is that of it: more may follow.
const char *path_last(const char *path, size_t *length);

// What stands before the last part, without slashes behind it: "/" and "." where that is nothing.
const char *path_before_last(const char *path, size_t *length);
