// Counts of a text that comes in blocks: lines, words, bytes, the longest line. A word is bytes between white
// space.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Starts as zeros.
struct count {
    uint64_t lines, words, bytes, longest;
    uint64_t column; // of the line that has not ended yet
    bool in_word;    // the last byte was part of a word
};

// Each counts one thing in the next block.
void count_lines(struct count *count, const char *block, size_t size);
void count_words(struct count *count, const char *block, size_t size);
void count_longest(struct count *count, const char *block, size_t size);

// After the last block.
void count_end(struct count *count);
