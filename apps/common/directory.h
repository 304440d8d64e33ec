// The names in a directory, read whole and sorted, so that what is done with each may change the directory.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct names {
    char **names;
    size_t count;
    size_t capacity;
};

// All names but "." and "..", sorted by their bytes. False: errno says why; `names` is empty then.
bool directory_list(const char *path, struct names *names);

// Frees what directory_list made.
void names_free(struct names *names);

// "DIRECTORY/NAME" in memory of the caller's.
char *path_join(const char *directory, const char *name);

// The last part of a path; "/" for the root.
const char *path_name(const char *path);
