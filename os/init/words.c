// Splitting into words, with quotes and comments.
#include "os/init/words.h"

#include <string.h>

static bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\r';
}

// Copies one word and returns where it ended; null where it cannot be.
static const char *take_word(char *word, const char *at, const char *end, const char **problem) {
    size_t size = 0;
    bool quoted = *at == '"';
    at += quoted;
    while (at < end && (quoted ? *at != '"' : !is_blank(*at))) {
        if (size == STARTUP_WORD_MAX - 1) {
            *problem = "a word is too long";
            return NULL;
        }
        word[size++] = *at++;
    }
    word[size] = 0;
    if (quoted && at == end) {
        *problem = "a quote is not closed";
        return NULL;
    }
    return at + quoted;
}

enum status words_split(struct words *words, const char *line, size_t size, const char **problem) {
    const char *end = line + size;
    words->count = 0;
    words->indented = size > 0 && is_blank(line[0]);
    for (const char *at = line; at < end;) {
        if (is_blank(*at)) {
            at++;
            continue;
        }
        if (*at == '#') {
            break;
        }
        if (words->count == WORDS_MAX) {
            *problem = "too many words";
            return STATUS_CORRUPT;
        }
        at = take_word(words->text[words->count++], at, end, problem);
        if (!at) {
            return STATUS_CORRUPT;
        }
    }
    return STATUS_OK;
}

static unsigned digit_of(char character) {
    static const char digits[] = "0123456789abcdef";
    const char *found = character ? strchr(digits, character | (character >= 'A' ? 0x20 : 0)) : NULL;
    return found ? (unsigned)(found - digits) : sizeof(digits);
}

bool words_number(const char *word, unsigned base, uint64_t *value) {
    if (base != 16 && word[0] == '0' && word[1] == 'x') {
        word += 2;
        base = 16;
    }
    *value = 0;
    for (const char *at = word; *at; at++) {
        unsigned digit = digit_of(*at);
        if (digit >= base || __builtin_mul_overflow(*value, base, value) ||
            __builtin_add_overflow(*value, digit, value)) {
            return false;
        }
    }
    return *word != 0;
}
