// Files that lie packed in the ramdisk: a struct packed_header, and behind it one block of LZ4's format (lz4_Block_format.md of lz4.org), whose
// matches may reach back into a dictionary, a part of the same archive. os/tools/ramdisk.py makes them, and they are
// unpacked here, with Debian's liblz4.
//
// Rules: pure. Nothing of the archive is trusted.
#pragma once

#include "kernel/abi/status.h"

#include <stddef.h>
#include <stdint.h>

struct packed_header {
    uint64_t dictionary; // its offset in the archive
    uint32_t dictionary_size;
    uint32_t size;        // of the file
    uint32_t packed_size; // of the block
    uint32_t sum;         // of the file's bytes
};
_Static_assert(sizeof(struct packed_header) == 24, "as os/tools/ramdisk.py writes it");

struct packed_archive {
    const uint8_t *bytes;
    size_t size;
};

// Reads the header at `offset` of the archive. CORRUPT: a part of what it names lies outside.
enum status packed_read(const struct packed_archive *archive, uint64_t offset, struct packed_header *header);

// Unpacks the file whose header lies at `offset` into `target`, which has room for its size. CORRUPT: it is no sound block, or yields another
// size or sum, as with an archive whose parts were moved; nothing was written behind the room.
enum status packed_unpack(const struct packed_archive *archive, uint64_t offset, uint8_t *target);
