// Finding a file in the ramdisk's tar archive: all that the kernel knows of archives.
#pragma once

#include <stdint.h>

#include "kernel/abi/status.h"

struct memory;

struct ramdisk_file {
    uint64_t offset, size; // of its content in the archive
};

// NOT_FOUND; CORRUPT: a header's checksum or length contradicts itself, and the header stands at `file->offset`.
enum status ramdisk_find(struct memory *ramdisk, uint64_t size, const char *path, struct ramdisk_file *file);
