// A line of /etc/startup as words, and words as numbers.
//
// Rules: pure.
#pragma once

#include "os/init/startup.h"

enum { WORDS_MAX = 16 };

struct words {
    char text[WORDS_MAX][STARTUP_WORD_MAX];
    uint32_t count;
    bool indented;
};

// Splits a line, without its end. CORRUPT: an open quote, or too many or too long words: `problem` says which.
enum status words_split(struct words *words, const char *line, size_t size, const char **problem);

// Decimal, or hexadecimal with 0x; with `base` 16 hexadecimal without. The whole word must be the number.
bool words_number(const char *word, unsigned base, uint64_t *value);
