// A value with parts of it replaced.
#include "apps/sh/replace.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/match.h"
#include "apps/sh/text.h"

enum { CHARACTER_MAX = 4 }; // bytes that one ? or [ ] may match

// The value while it is searched. Whether any match begins somewhere is asked before how long it is: most places have none.
struct search {
    char *value;
    size_t length;
    const char *pattern;
    char *beginning; // the pattern, and then anything
    size_t longest;  // that a match can be
};

static void start(struct search *search, const char *pattern, const char *value) {
    struct text beginning = {0};
    text_add_string(&beginning, pattern);
    text_add_character(&beginning, '*');
    search->value = string_copy(value);
    search->length = strlen(value);
    search->pattern = pattern;
    search->beginning = text_take(&beginning);
    search->longest = strchr(pattern, '*') ? search->length : CHARACTER_MAX * strlen(pattern);
}

static void end(struct search *search) {
    free(search->value);
    free(search->beginning);
}

static bool matches_up_to(const struct search *search, size_t from, size_t to) {
    char kept = search->value[to];
    search->value[to] = 0;
    bool matches = pattern_matches(search->pattern, search->value + from);
    search->value[to] = kept;
    return matches;
}

// Where the longest match that begins at `from` ends; false: none does.
static bool find_end(const struct search *search, size_t from, size_t *to) {
    size_t left = search->length - from, size = left < search->longest ? left : search->longest;
    if (!pattern_matches(search->beginning, search->value + from))
        return false;
    for (; !matches_up_to(search, from, from + size); size--)
        if (!size)
            return false;
    *to = from + size;
    return true;
}

// The first match at or behind `*from`; false: none is.
static bool find(const struct search *search, char at, size_t *from, size_t *to) {
    if (at == '%') {
        *to = search->length;
        for (*from = 0; *from <= search->length; ++*from)
            if (matches_up_to(search, *from, *to))
                return true;
        return false;
    }
    do
        if (find_end(search, *from, to))
            return true;
    while (!at && ++*from < search->length);
    return false;
}

static void put_text(struct text *result, const char *text, const char *match, size_t length) {
    for (; *text; text++) {
        if (*text == '&')
            text_add(result, match, length);
        else
            text_add_character(result, *text == '\\' && text[1] ? *++text : *text);
    }
}

// A match of nothing counts only where nothing else can: at one end, or in an empty value.
static bool is_match(const struct search *search, char at, size_t from, size_t to) {
    return to > from || at || !search->length;
}

static void replace_all(const struct replacement *replacement, const struct search *search, struct text *result) {
    size_t done = 0, from = 0, to;
    bool more = true;
    while (more && from <= search->length && find(search, replacement->at, &from, &to)) {
        if (!is_match(search, replacement->at, from, to))
            break;
        text_add(result, search->value + done, from - done);
        put_text(result, replacement->text, search->value + from, to - from);
        more = replacement->everywhere && to < search->length;
        done = from = to;
    }
    text_add(result, search->value + done, search->length - done);
}

char *replace_matches(const struct replacement *replacement, const char *value) {
    struct text result = {0};
    struct search search;
    if (!*replacement->pattern && !replacement->at)
        return string_copy(value);
    start(&search, replacement->pattern, value);
    replace_all(replacement, &search, &result);
    end(&search);
    return text_take(&result);
}

static bool is_letter(char character) {
    return (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
}

char *replace_case(const char *value, bool large, bool all) {
    char *copy = string_copy(value);
    for (char *letter = copy; *letter && (all || letter == copy); letter++)
        if (is_letter(*letter))
            *letter = large ? (char)(*letter & ~0x20) : (char)(*letter | 0x20);
    return copy;
}
