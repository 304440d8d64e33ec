// memmove: reading the far end first makes overlap free. memcpy jumps here.
#include <cpuid.h>
#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "libc/string/vector.h"

static void copy_below_16(unsigned char *to, const unsigned char *from, size_t size) {
    if (size >= 8) {
        uint64_t head = word_load(from), tail = word_load(from + size - 8);
        __builtin_memcpy(to, &head, 8);
        __builtin_memcpy(to + size - 8, &tail, 8);
    } else if (size >= 4) {
        uint32_t head = half_load(from), tail = half_load(from + size - 4);
        __builtin_memcpy(to, &head, 4);
        __builtin_memcpy(to + size - 4, &tail, 4);
    } else if (size >= 2) {
        uint16_t head = short_load(from), tail = short_load(from + size - 2);
        __builtin_memcpy(to, &head, 2);
        __builtin_memcpy(to + size - 2, &tail, 2);
    } else if (size == 1) {
        *to = *from;
    }
}

static void copy_16_to_64(unsigned char *to, const unsigned char *from, size_t size) {
    __m128i head = vector_load(from), tail = vector_load(from + size - 16);
    if (size > 32) {
        __m128i second = vector_load(from + 16), third = vector_load(from + size - 32);
        vector_store(to + 16, second);
        vector_store(to + size - 32, third);
    }
    vector_store(to, head);
    vector_store(to + size - 16, tail);
}

static inline void copy_64(unsigned char *to, const unsigned char *from) {
    __m128i a = vector_load(from), b = vector_load(from + 16);
    __m128i c = vector_load(from + 32), d = vector_load(from + 48);
    vector_store(to, a);
    vector_store(to + 16, b);
    vector_store(to + 32, c);
    vector_store(to + 48, d);
}

// The last 64 bytes are read before anything is written, so the loop need not care where it stops.
static void copy_forward(unsigned char *to, const unsigned char *from, size_t size) {
    const unsigned char *last = from + size - 64;
    __m128i a = vector_load(last), b = vector_load(last + 16), c = vector_load(last + 32), d = vector_load(last + 48);
    unsigned char *end = to + size - 64;
    for (; to < end; to += 64, from += 64)
        copy_64(to, from);
    vector_store(end, a);
    vector_store(end + 16, b);
    vector_store(end + 32, c);
    vector_store(end + 48, d);
}

enum { WIDE_LEAST = 512, WIDE_STEP = 512, FEATURES_WIDE = 3 << 27, STATE_WIDE = 6 };

static int wide; // [a] whether there are 32-byte registers, and the kernel keeps them: 0 not known yet, 1 yes, -1 no

__attribute__((noinline, cold)) static int find_wide(void) {
    unsigned int a, b, c, d, low, high;
    int found = -1;
    if (__get_cpuid(1, &a, &b, &c, &d) && (c & FEATURES_WIDE) == FEATURES_WIDE) {
        __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        found = (low & STATE_WIDE) == STATE_WIDE ? 1 : -1;
    }
    __atomic_store_n(&wide, found, __ATOMIC_RELAXED);
    return found;
}

static bool is_wide(void) {
    int known = __atomic_load_n(&wide, __ATOMIC_RELAXED);
    return (known != 0 ? known : find_wide()) > 0;
}

static inline __attribute__((always_inline, target("avx"))) void copy_32(unsigned char *to, const unsigned char *from) {
    _mm256_storeu_si256((__m256i *)to, _mm256_loadu_si256((const __m256i *)from));
}

// The large part of a copy without overlap, in steps of 512 bytes; says how much it was.
__attribute__((target("avx"))) static size_t copy_wide(unsigned char *to, const unsigned char *from, size_t size) {
    size_t whole = size & ~(size_t)(WIDE_STEP - 1);
    for (size_t at = 0; at != whole; at += WIDE_STEP) {
#pragma clang loop unroll(full)
        for (int part = 0; part < WIDE_STEP; part += 32)
            copy_32(to + at + part, from + at + part);
    }
    _mm256_zeroupper();
    return whole;
}

static void copy_backward(unsigned char *to, const unsigned char *from, size_t size) {
    __m128i a = vector_load(from), b = vector_load(from + 16), c = vector_load(from + 32), d = vector_load(from + 48);
    for (; size > 64; size -= 64)
        copy_64(to + size - 64, from + size - 64);
    vector_store(to, a);
    vector_store(to + 16, b);
    vector_store(to + 32, c);
    vector_store(to + 48, d);
}

static void copy_middle(unsigned char *to, const unsigned char *from, size_t size) {
    if ((uintptr_t)to - (uintptr_t)from >= size)
        copy_forward(to, from, size);
    else
        copy_backward(to, from, size);
}

// Wide where the two do not overlap at all. Apart, and called last: so the short copies need not save the registers that this one uses.
__attribute__((noinline)) static void *copy_large(unsigned char *to, const unsigned char *from, size_t size) {
    size_t done = 0;
    if ((uintptr_t)to - (uintptr_t)from < size || (uintptr_t)from - (uintptr_t)to < size || !is_wide())
        copy_middle(to, from, size);
    else if ((done = copy_wide(to, from, size)) < size)
        memmove(to + done, from + done, size - done);
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    if (size >= WIDE_LEAST)
        return copy_large(to, from, size);
    if (size < 16)
        copy_below_16(to, from, size);
    else if (size <= 64)
        copy_16_to_64(to, from, size);
    else
        copy_middle(to, from, size);
    return to;
}
