// strchr and strchrnul: the byte or the end, whichever comes first.
#include <string.h>

#include "libc/string/vector.h"

STRING_FUNCTION char *strchrnul(const char *text, int wanted) {
    const char *aligned = (const char *)((uintptr_t)text & ~(uintptr_t)15);
    const __m128i zero = _mm_setzero_si128(), pattern = _mm_set1_epi8((char)wanted);
    unsigned int skip = (unsigned int)(text - aligned);
    __m128i block = *(const __m128i *)aligned;
    unsigned int found = (vector_equal_mask(block, zero) | vector_equal_mask(block, pattern)) >> skip << skip;
    while (!found) {
        aligned += 16;
        block = *(const __m128i *)aligned;
        found = vector_equal_mask(block, zero) | vector_equal_mask(block, pattern);
    }
    return (char *)(uintptr_t)aligned + __builtin_ctz(found);
}

char *strchr(const char *text, int wanted) {
    char *place = strchrnul(text, wanted);
    return *place == (char)wanted ? place : NULL;
}
