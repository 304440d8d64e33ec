// Short runs of bytes, handled sixteen at a time without calls: most lines are short.
//
// Rules: each may read up to SHORT_SLACK bytes behind what it is given; the callers' buffers have so much
// room.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { SHORT_BYTES = 16, SHORT_SLACK = 32 };

typedef unsigned char short_vector __attribute__((vector_size(SHORT_BYTES)));
typedef char short_signed_vector __attribute__((vector_size(SHORT_BYTES)));

static inline short_vector short_load(const char *from) {
    short_vector bytes;
    memcpy(&bytes, from, sizeof(bytes));
    return bytes;
}

// A bit for each byte of a comparison's result.
static inline unsigned short_mask(short_vector compared) {
    return (unsigned)__builtin_ia32_pmovmskb128((short_signed_vector)compared);
}

// As memchr for a line end, at most `length` bytes on.
static inline char *short_find_line_end(char *text, size_t length) {
    for (size_t at = 0; at < SHORT_SLACK; at += SHORT_BYTES) {
        unsigned mask = short_mask((short_vector)(short_load(text + at) == '\n'));
        size_t place = at + (size_t)__builtin_ctz(mask | 1u << SHORT_BYTES);
        if (mask)
            return place < length ? text + place : NULL;
        if (at + SHORT_BYTES >= length)
            return NULL;
    }
    return memchr(text + SHORT_SLACK, '\n', length - SHORT_SLACK);
}

// Whether two runs of the same length are equal.
static inline bool short_equal(const char *left, const char *right, size_t length) {
    if (length > SHORT_BYTES)
        return !memcmp(left, right, length);
    unsigned mask = short_mask((short_vector)(short_load(left) == short_load(right)));
    return !(~mask & ((1u << length) - 1));
}

// As memcpy; `to` has SHORT_SLACK bytes of room more, too.
static inline void short_copy(char *to, const char *from, size_t length) {
    if (length <= SHORT_BYTES)
        memcpy(to, from, SHORT_BYTES);
    else
        memcpy(to, from, length);
}
