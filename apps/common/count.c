// Counts of a text in blocks: sixteen bytes at a step, as masks with one bit per byte.
#include "apps/common/count.h"

#include <string.h>

typedef unsigned char bytes16 __attribute__((vector_size(16)));
typedef char signed_bytes16 __attribute__((vector_size(16)));

static bytes16 load(const char *from) {
    bytes16 bytes;
    memcpy(&bytes, from, sizeof(bytes));
    return bytes;
}

// `compared` holds 0 or 255 in each byte, as comparisons of vectors give.
static unsigned mask_of(bytes16 compared) {
    return (unsigned)__builtin_ia32_pmovmskb128((signed_bytes16)compared);
}

static bool is_space(unsigned char byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

void count_lines(struct count *count, const char *block, size_t size) {
    size_t i = 0;
    for (; i + 16 <= size; i += 16)
        count->lines += (unsigned)__builtin_popcount(mask_of((bytes16)(load(block + i) == '\n')));
    for (; i < size; i++)
        count->lines += block[i] == '\n';
}

// A word begins where a byte is no space and the one before was.
void count_words(struct count *count, const char *block, size_t size) {
    size_t i = 0;
    unsigned in_word = count->in_word;
    for (; i + 16 <= size; i += 16) {
        bytes16 bytes = load(block + i);
        bytes16 spaces = (bytes16)(bytes == ' ') | (bytes16)((bytes - '\t') <= (unsigned char)('\r' - '\t'));
        unsigned word = ~mask_of(spaces) & 0xffff;
        count->words += (unsigned)__builtin_popcount(word & ~(word << 1 | in_word));
        in_word = word >> 15;
    }
    for (; i < size; i++) {
        bool word = !is_space((unsigned char)block[i]);
        count->words += word && !in_word;
        in_word = word;
    }
    count->in_word = in_word;
}

void count_end(struct count *count) {
    if (count->column > count->longest)
        count->longest = count->column;
    count->column = 0;
}

void count_longest(struct count *count, const char *block, size_t size) {
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)block[i];
        if (byte == '\n' || byte == '\r' || byte == '\f')
            count_end(count);
        else if (byte == '\t')
            count->column += 8 - count->column % 8;
        else
            count->column += byte >= ' ' && byte < 0x7f;
    }
}
