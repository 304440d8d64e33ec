// 16 bytes at a time: the SSE2 steps that the string functions share.
//
// Rules: QEMU's instruction counter is the clock that Parley is measured by, and there `rep movsb` costs one instruction
// a byte; so these functions are written for few instructions. Aligned 16-byte loads may read past the end of an object,
// never past its page.
#pragma once

#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

#define STRING_FUNCTION __attribute__((no_sanitize("address")))

static inline __m128i vector_load(const void *from) {
    return _mm_loadu_si128((const __m128i *)from);
}

static inline void vector_store(void *to, __m128i value) {
    _mm_storeu_si128((__m128i *)to, value);
}

// One bit for each byte that is equal in both.
static inline unsigned int vector_equal_mask(__m128i a, __m128i b) {
    return (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
}

static inline uint64_t word_load(const void *from) {
    uint64_t word;
    __builtin_memcpy(&word, from, sizeof word);
    return word;
}

static inline uint32_t half_load(const void *from) {
    uint32_t half;
    __builtin_memcpy(&half, from, sizeof half);
    return half;
}

static inline uint16_t short_load(const void *from) {
    uint16_t value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
}
