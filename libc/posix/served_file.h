// What calls on open files and calls on paths share. Inside the library only.
#pragma once

#include <parley/files.h>
#include <sys/stat.h>

// The server's facts about a file in POSIX's shape.
void served_stat_fill(const struct files_stat *stat, struct stat *result);
