// The reader of LZ4 blocks: runs of literal bytes, each followed by a match, which repeats what came before.
#include "os/files/packed.h"

#include <stdbool.h>
#include <string.h>

enum { MATCH_LEAST = 4, LENGTH_MORE = 15, LENGTH_STEP = 255, WIDE = 16 };

struct unpacking {
    const uint8_t *from, *from_end;
    uint8_t *start, *to, *to_end;
    const uint8_t *dictionary_end;
    size_t dictionary_size;
};

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
    return is_sound ? STATUS_OK : STATUS_CORRUPT;
}

// A length of 15 goes on in bytes, until one is not 255.
static bool read_length(struct unpacking *unpacking, size_t *length) {
    uint8_t more = LENGTH_STEP;
    if (*length != LENGTH_MORE) {
        return true;
    }
    while (more == LENGTH_STEP) {
        if (unpacking->from == unpacking->from_end) {
            return false;
        }
        more = *unpacking->from++;
        *length += more;
    }
    return true;
}

// Most runs are short: they are copied by a few wide moves, which may write more than the run, but nothing behind the file.
static inline void copy_wide(uint8_t *to, const uint8_t *from, size_t length) {
    for (size_t at = 0; at < length; at += WIDE) {
        __builtin_memcpy(to + at, from + at, WIDE);
    }
}

static bool copy_literals(struct unpacking *unpacking, size_t length) {
    if (!read_length(unpacking, &length) || length > (size_t)(unpacking->from_end - unpacking->from) ||
        length > (size_t)(unpacking->to_end - unpacking->to)) {
        return false;
    }
    if (length + WIDE <= (size_t)(unpacking->from_end - unpacking->from) &&
        length + WIDE <= (size_t)(unpacking->to_end - unpacking->to)) {
        copy_wide(unpacking->to, unpacking->from, length);
    } else {
        memcpy(unpacking->to, unpacking->from, length);
    }
    unpacking->from += length;
    unpacking->to += length;
    return true;
}

// The part of a match that lies in the dictionary, which is thought to end where the file begins.
static bool copy_from_dictionary(struct unpacking *unpacking, size_t distance, size_t *length) {
    size_t written = (size_t)(unpacking->to - unpacking->start);
    if (distance <= written) {
        return true;
    }
    size_t back = distance - written, part = *length < back ? *length : back;
    if (back > unpacking->dictionary_size) {
        return false;
    }
    memcpy(unpacking->to, unpacking->dictionary_end - back, part);
    unpacking->to += part;
    *length -= part;
    return true;
}

// It may overlap what it writes: the same bytes then come again and again.
static bool copy_match(struct unpacking *unpacking, size_t length) {
    if (unpacking->from_end - unpacking->from < 2) {
        return false;
    }
    size_t distance = unpacking->from[0] | (size_t)unpacking->from[1] << 8;
    unpacking->from += 2;
    if (distance == 0 || !read_length(unpacking, &length)) {
        return false;
    }
    length += MATCH_LEAST;
    if (length > (size_t)(unpacking->to_end - unpacking->to) || !copy_from_dictionary(unpacking, distance, &length)) {
        return false;
    }
    if (distance >= WIDE && length > 0 && length + WIDE <= (size_t)(unpacking->to_end - unpacking->to)) {
        copy_wide(unpacking->to, unpacking->to - distance, length);
        unpacking->to += length;
        return true;
    }
    for (; length > 0; length--, unpacking->to++) {
        *unpacking->to = *(unpacking->to - distance);
    }
    return true;
}

// The last literals have no match behind them.
static bool unpack_all(struct unpacking *unpacking) {
    while (unpacking->from < unpacking->from_end) {
        uint8_t token = *unpacking->from++;
        if (!copy_literals(unpacking, token >> 4)) {
            return false;
        }
        if (unpacking->from == unpacking->from_end) {
            break;
        }
        if (!copy_match(unpacking, token & LENGTH_MORE)) {
            return false;
        }
    }
    return unpacking->to == unpacking->to_end;
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
    const uint8_t *block = archive->bytes + offset + sizeof(header);
    struct unpacking unpacking = {
        .from = block,
        .from_end = block + header.packed_size,
        .start = target,
        .to = target,
        .to_end = target + header.size,
        .dictionary_end = archive->bytes + header.dictionary + header.dictionary_size,
        .dictionary_size = header.dictionary_size,
    };
    return unpack_all(&unpacking) && sum_of(target, header.size) == header.sum ? STATUS_OK : STATUS_CORRUPT;
}
