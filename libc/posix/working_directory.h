// Paths as programs say them: made absolute by the process's working directory. Inside the library only.
#pragma once

#include <stdbool.h>

#include <parley/files.h>

// The absolute path for `path` in `result` (FILES_PATH_MAX bytes). False: errno says why (ENOENT, ENAMETOOLONG).
bool path_resolve(const char *path, char *result);

// The working directory, absolute.
const char *working_directory(void);
