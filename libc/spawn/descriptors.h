// The descriptors that a child gets, in the start block's shape. Inside the library only.
#pragma once

#include <parley/files.h>
#include <parley/spawn.h>

#include "libc/posix/descriptor.h"

struct spawn_descriptors {
    struct start_descriptor list[DESCRIPTORS_MAX];
    uint32_t count;
    uint32_t handles[FILES_SHARE_MAX]; // of the file server, in the order of their `file` index
    uint32_t handle_count;
    const struct open_file *files[DESCRIPTORS_MAX]; // of each entry of the list: what it shares
};

// Lists what the child gets: the request's descriptors, and those it inherits. LIMIT_REACHED, BAD_NUMBER (one that is
// listed is not open).
enum status spawn_descriptors_collect(const struct spawn_request *request, struct process_spawn *spawn,
                                      struct spawn_descriptors *descriptors);
