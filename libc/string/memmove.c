// memmove: reading the far end first makes overlap free. memcpy jumps here.
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

static void copy_backward(unsigned char *to, const unsigned char *from, size_t size) {
    __m128i a = vector_load(from), b = vector_load(from + 16), c = vector_load(from + 32), d = vector_load(from + 48);
    for (; size > 64; size -= 64)
        copy_64(to + size - 64, from + size - 64);
    vector_store(to, a);
    vector_store(to + 16, b);
    vector_store(to + 32, c);
    vector_store(to + 48, d);
}

void *memmove(void *to, const void *from, size_t size) {
    if (size < 16)
        copy_below_16(to, from, size);
    else if (size <= 64)
        copy_16_to_64(to, from, size);
    else if ((uintptr_t)to - (uintptr_t)from >= size)
        copy_forward(to, from, size);
    else
        copy_backward(to, from, size);
    return to;
}
