// The programs that init starts, from the ramdisk: before there is a file server, and while there is none.
#pragma once

#include "kernel/abi/status.h"

#include <stddef.h>
#include <stdint.h>

struct archive {
    const void *bytes;
    size_t size;
};

// A number of the program as shared memory that can be executed. What lies packed in the archive the file server unpacks: that is to be asked
// for once, and kept, as init cannot wait for a server that init itself has to start again.
// NOT_FOUND, BAD_IMAGE (it is empty), CORRUPT (the archive is broken there), NO_MEMORY, LIMIT_REACHED.
enum status image_make(const struct archive *archive, const char *path, int32_t *number);
