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

// Has `place` bring each operand but the last to its target, which the last one is or lies in. Anything but two operands or
// more, the last of more than two a directory, ends the tool with a complaint.
void copy_operands(void (*place)(const char *from, const char *to));

// Writes "'FROM' -> 'TO'".
void copy_report(const char *from, const char *to);

bool path_is_directory(const char *path);
