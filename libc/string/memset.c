// memset: overlapping stores for what is short, 64 bytes a round for the rest.
#include <string.h>

#include "libc/string/vector.h"

static void set_below_16(unsigned char *to, uint64_t pattern, size_t size) {
    if (size >= 8) {
        __builtin_memcpy(to, &pattern, 8);
        __builtin_memcpy(to + size - 8, &pattern, 8);
    } else if (size >= 4) {
        __builtin_memcpy(to, &pattern, 4);
        __builtin_memcpy(to + size - 4, &pattern, 4);
    } else if (size >= 2) {
        __builtin_memcpy(to, &pattern, 2);
        __builtin_memcpy(to + size - 2, &pattern, 2);
    } else if (size == 1) {
        *to = (unsigned char)pattern;
    }
}

static void set_long(unsigned char *to, __m128i pattern, size_t size) {
    unsigned char *end = to + size;
    for (; end - to > 64; to += 64) {
        vector_store(to, pattern);
        vector_store(to + 16, pattern);
        vector_store(to + 32, pattern);
        vector_store(to + 48, pattern);
    }
    for (; end - to > 16; to += 16)
        vector_store(to, pattern);
    vector_store(end - 16, pattern);
}

void *memset(void *to, int value, size_t size) {
    uint64_t pattern = (unsigned char)value * UINT64_C(0x0101010101010101);
    if (size < 16)
        set_below_16(to, pattern, size);
    else
        set_long(to, _mm_set1_epi64x((long long)pattern), size);
    return to;
}
