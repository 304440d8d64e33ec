// Reads a tar archive (ustar) where it lies in memory: the ramdisk.
//
// Rules: pure. Nothing of the archive is trusted: each header's checksum, numbers, name and extent are checked before an
// entry is handed out. Names come without leading and trailing slashes, and have no empty, "." or ".." part; the root
// itself has the empty name.
#pragma once

#include "kernel/abi/status.h"

#include <stddef.h>
#include <stdint.h>

enum { TAR_NAME_MAX = 256 };

enum tar_type { TAR_FILE, TAR_DIRECTORY, TAR_PACKED }; // packed: a file, as os/files/packed.h has it

struct tar_entry {
    char name[TAR_NAME_MAX];
    enum tar_type type;
    uint32_t mode;       // permission bits
    const uint8_t *data; // of a file, within the archive
    size_t size;         // of the data
};

// A place in an archive; start with {bytes, size, 0, 0}.
struct tar_reader {
    const uint8_t *bytes;
    size_t size;
    size_t offset;
    const char *problem; // after CORRUPT: what is wrong at `offset`, in words
};

// The next file or directory; entries of other kinds are passed over. NOTHING: the archive has ended. CORRUPT.
enum status tar_next(struct tar_reader *reader, struct tar_entry *entry);

// The file of this name, packed or not. NOT_FOUND; CORRUPT: the archive is broken before such a file.
enum status tar_find(const void *bytes, size_t size, const char *name, struct tar_entry *entry);
