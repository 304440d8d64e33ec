// Copying of files and directories: for cp, and for mv where a rename cannot do it.
//
// Rules: trouble is complained about (common/tool.h); false says that there was some.
#pragma once

#include <stdbool.h>

struct copy_options {
    bool recursive; // directories too
    bool force;     // a target that cannot be written to is removed first
    bool keep;      // targets that are there stay as they are
    bool verbose;
};

bool copy_path(const char *from, const char *to, const struct copy_options *options);

// Where `from` goes by the rules of cp and mv: TARGET itself, or TARGET/NAME where that is a directory. The
// caller frees it.
char *copy_target(const char *from, const char *target, bool target_is_directory);

// Writes "'FROM' -> 'TO'".
void copy_report(const char *from, const char *to);

bool path_is_directory(const char *path);
