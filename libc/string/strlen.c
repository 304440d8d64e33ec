// strlen: aligned 16-byte reads, which never leave the page of the string's last byte.
#include <string.h>

#include "libc/string/vector.h"

STRING_FUNCTION size_t strlen(const char *text) {
    const char *aligned = (const char *)((uintptr_t)text & ~(uintptr_t)15);
    const __m128i zero = _mm_setzero_si128();
    unsigned int skip = (unsigned int)(text - aligned);
    unsigned int ends = vector_equal_mask(*(const __m128i *)aligned, zero) >> skip << skip;
    while (!ends) {
        aligned += 16;
        ends = vector_equal_mask(*(const __m128i *)aligned, zero);
    }
    return (size_t)(aligned + __builtin_ctz(ends) - text);
}
