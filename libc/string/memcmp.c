// memcmp: 16 bytes a round, then the first byte that differs.
#include <string.h>

#include "libc/string/vector.h"

static int compare_words(uint64_t a, uint64_t b) {
    a = __builtin_bswap64(a);
    b = __builtin_bswap64(b);
    return (a > b) - (a < b);
}

static int compare_below_16(const unsigned char *a, const unsigned char *b, size_t size) {
    if (size >= 8) {
        int head = compare_words(word_load(a), word_load(b));
        return head ? head : compare_words(word_load(a + size - 8), word_load(b + size - 8));
    }
    if (size >= 4) {
        int head = compare_words(half_load(a), half_load(b));
        return head ? head : compare_words(half_load(a + size - 4), half_load(b + size - 4));
    }
    for (size_t i = 0; i < size; i++)
        if (a[i] != b[i])
            return a[i] - b[i];
    return 0;
}

static inline int compare_16(const unsigned char *a, const unsigned char *b) {
    unsigned int different = vector_equal_mask(vector_load(a), vector_load(b)) ^ 0xffff;
    if (!different)
        return 0;
    unsigned int i = (unsigned int)__builtin_ctz(different);
    return a[i] - b[i];
}

int memcmp(const void *left, const void *right, size_t size) {
    const unsigned char *a = left, *b = right;
    if (size < 16)
        return compare_below_16(a, b, size);
    for (; size > 16; a += 16, b += 16, size -= 16) {
        int order = compare_16(a, b);
        if (order)
            return order;
    }
    return compare_16(a + size - 16, b + size - 16);
}
