// Reads the headers of packed files, and has liblz4 unpack what they name.
#include "os/files/packed.h"

#include <limits.h>
#include <lz4.h>
#include <stdbool.h>
#include <string.h>

static bool is_inside(uint64_t offset, uint64_t size, uint64_t whole) {
    return offset <= whole && size <= whole - offset;
}

enum status packed_read(const struct packed_archive *archive, uint64_t offset, struct packed_header *header) {
    if (!is_inside(offset, sizeof(*header), archive->size)) {
        return STATUS_CORRUPT;
    }
    memcpy(header, archive->bytes + offset, sizeof(*header));
    bool is_sound = is_inside(offset + sizeof(*header), header->packed_size, archive->size) &&
                    is_inside(header->dictionary, header->dictionary_size, archive->size);
    bool is_short = header->size <= INT_MAX && header->packed_size <= INT_MAX && header->dictionary_size <= INT_MAX;
    return is_sound && is_short ? STATUS_OK : STATUS_CORRUPT;
}

static uint32_t sum_of(const uint8_t *bytes, size_t size) {
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += bytes[i];
    }
    return sum;
}

enum status packed_unpack(const struct packed_archive *archive, uint64_t offset, uint8_t *target) {
    struct packed_header header;
    enum status status = packed_read(archive, offset, &header);
    if (status != STATUS_OK) {
        return status;
    }
    const char *block = (const char *)archive->bytes + offset + sizeof(header);
    const char *dictionary = (const char *)archive->bytes + header.dictionary;
    int size = LZ4_decompress_safe_usingDict(block, (char *)target, (int)header.packed_size, (int)header.size,
                                             dictionary, (int)header.dictionary_size);
    return size == (int)header.size && sum_of(target, header.size) == header.sum ? STATUS_OK : STATUS_CORRUPT;
}
