// strcmp: 16 bytes a round where neither read can leave its page, one byte where it could.
#include <string.h>

#include "libc/string/vector.h"

enum { PAGE = 4096 };

static inline int crosses_page(const void *place) {
    return ((uintptr_t)place & (PAGE - 1)) > PAGE - 16;
}

STRING_FUNCTION int strcmp(const char *left, const char *right) {
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;
    const __m128i zero = _mm_setzero_si128();
    while (*a == *b && *a) {
        if (crosses_page(a) || crosses_page(b)) {
            a++;
            b++;
            continue;
        }
        __m128i block = vector_load(a);
        unsigned int stop = (vector_equal_mask(block, vector_load(b)) ^ 0xffff) | vector_equal_mask(block, zero);
        unsigned int step = stop ? (unsigned int)__builtin_ctz(stop) : 16;
        a += step;
        b += step;
        if (stop)
            break;
    }
    return *a - *b;
}
