// File actions of posix_spawn as they are recorded. Inside the library only.
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "libc/posix/descriptor.h"

enum { SPAWN_ACTION_CLOSE = -1 };

// Opens `path` at `to`, or, without a path, makes `to` what `from` is, or closes it.
struct spawn_action {
    int to;
    int from;
    char *path;
    int flags;
    mode_t mode;
};

struct __posix_spawn_file_actions {
    struct spawn_action *list;
    size_t count;
};
