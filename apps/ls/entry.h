// One thing that ls lists, and how it is shown.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct entry {
    char *name; // as it is shown
    struct stat information;
};

struct entries {
    struct entry *list;
    size_t count, capacity;
};

struct show_options {
    bool long_form;       // -l
    bool human;           // -h: sizes in K, M, G
    bool mark;            // -F, -p: a / behind directories
    bool mark_executable; // -F: a * behind programs
    bool one_per_line;
    size_t width; // of the terminal, in columns
};

// Writes all, in columns, a line each, or in the long form.
void entries_show(const struct entries *entries, const struct show_options *options);

// "drwxr-xr-x" and a final 0.
void mode_format(mode_t mode, char text[11]);
