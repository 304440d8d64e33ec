// memchr: aligned 16-byte reads up to the block that holds the last byte.
#include <string.h>

#include "libc/string/vector.h"

STRING_FUNCTION void *memchr(const void *memory, int wanted, size_t size) {
    if (size == 0)
        return NULL;
    const char *start = memory, *aligned = (const char *)((uintptr_t)start & ~(uintptr_t)15);
    const char *last = size - 1 > UINTPTR_MAX - (uintptr_t)start ? (const char *)UINTPTR_MAX : start + size - 1;
    const __m128i pattern = _mm_set1_epi8((char)wanted);
    unsigned int skip = (unsigned int)(start - aligned);
    unsigned int found = vector_equal_mask(*(const __m128i *)aligned, pattern) >> skip << skip;
    while (!found) {
        if (last - aligned < 16)
            return NULL;
        aligned += 16;
        found = vector_equal_mask(*(const __m128i *)aligned, pattern);
    }
    const char *place = aligned + __builtin_ctz(found);
    return place <= last ? (void *)(uintptr_t)place : NULL;
}
