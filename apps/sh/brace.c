// Braces: one word as typed becomes several.
#include "apps/sh/brace.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "apps/sh/lexer.h"

enum { DEPTH_MAX = 50 };

// What is replaced: from { to }.
struct braces {
    const char *word, *open, *close;
    struct strings *words;
    unsigned depth;
};

bool brace_is_in(const char *word) {
    const char *open = strchr(word, '{');
    return open && strchr(open, '}');
}

static const char *next_part(const char *text) {
    const char *next = lexer_skip_part(text, false);
    return next ? next : text + 1;
}

// The } that belongs to the { at `open`, or null.
static const char *find_close(const char *open, bool *has_comma) {
    unsigned depth = 0;
    *has_comma = false;
    for (const char *text = open + 1; *text; text = next_part(text)) {
        if (*text == '}' && !depth)
            return text;
        depth += *text == '{' ? 1u : *text == '}' ? -1u : 0u;
        *has_comma |= *text == ',' && !depth;
    }
    return NULL;
}

static void expand(const char *word, struct strings *words, unsigned depth);

static void add(const struct braces *braces, const char *item, size_t length) {
    struct text text = {0};
    text_add(&text, braces->word, (size_t)(braces->open - braces->word));
    text_add(&text, item, length);
    text_add_string(&text, braces->close + 1);
    expand(text.bytes, braces->words, braces->depth + 1);
    text_release(&text);
}

static void add_items(const struct braces *braces) {
    unsigned depth = 0;
    const char *start = braces->open + 1;
    for (const char *text = start; text < braces->close; text = next_part(text)) {
        depth += *text == '{' ? 1u : *text == '}' ? -1u : 0u;
        if (*text != ',' || depth)
            continue;
        add(braces, start, (size_t)(text - start));
        start = text + 1;
    }
    add(braces, start, (size_t)(braces->close - start));
}

struct range {
    int64_t first, last, step;
    size_t width; // of numbers with zeros in front; 0: as long as they are
    bool letters;
};

static bool take_number(const char **text, int64_t *number, size_t *width) {
    enum { DIGITS_MAX = 15 };
    const char *start = *text, *digits = start + (*start == '-');
    size_t length = strspn(digits, "0123456789");
    if (!length || length > DIGITS_MAX)
        return false;
    *number = strtoll(start, NULL, 10);
    *text = digits + length;
    if (*digits == '0' && length > 1 && (size_t)(*text - start) > *width)
        *width = (size_t)(*text - start);
    return true;
}

static bool take_dots(const char **text) {
    bool there = (*text)[0] == '.' && (*text)[1] == '.';
    *text += there ? 2 : 0;
    return there;
}

static bool is_letter(char character) {
    return (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
}

static bool take_letters(const char **text, struct range *range) {
    const char *at = *text;
    range->letters = is_letter(at[0]) && at[1] == '.' && at[2] == '.' && is_letter(at[3]) && !((at[0] ^ at[3]) & 0x20);
    if (!range->letters)
        return false;
    range->first = (unsigned char)at[0];
    range->last = (unsigned char)at[3];
    *text += 4;
    return true;
}

static bool parse_range(const struct braces *braces, struct range *range) {
    const char *text = braces->open + 1;
    size_t no_width = 0;
    *range = (struct range){.step = 1};
    if (!take_letters(&text, range) && !(take_number(&text, &range->first, &range->width) && take_dots(&text) &&
                                         take_number(&text, &range->last, &range->width)))
        return false;
    if (text < braces->close && !(take_dots(&text) && take_number(&text, &range->step, &no_width)))
        return false;
    range->step = llabs(range->step) ? llabs(range->step) : 1;
    return text == braces->close && llabs(range->last - range->first) / range->step < BRACE_MAX;
}

static void add_number(const struct braces *braces, const struct range *range, int64_t number) {
    struct text digits = {0}, text = {0};
    text_add_number(&digits, (unsigned long)llabs(number));
    text_add_string(&text, number < 0 ? "-" : "");
    for (size_t width = digits.length + text.length; width < range->width; width++)
        text_add_character(&text, '0');
    text_add_string(&text, digits.bytes);
    add(braces, text.bytes, text.length);
    text_release(&digits);
    text_release(&text);
}

static void add_range(const struct braces *braces, const struct range *range) {
    int64_t count = llabs(range->last - range->first) / range->step, step = range->step;
    for (int64_t i = 0; i <= count; i++) {
        int64_t value = range->first + (range->last < range->first ? -step : step) * i;
        char letter = (char)value;
        if (range->letters)
            add(braces, &letter, 1);
        else
            add_number(braces, range, value);
    }
}

static void expand(const char *word, struct strings *words, unsigned depth) {
    struct braces braces = {.word = word, .words = words, .depth = depth};
    struct range range;
    bool has_comma;
    if (words->count > BRACE_MAX)
        return;
    for (const char *text = word; *text && depth < DEPTH_MAX; text = next_part(text)) {
        braces.open = text;
        braces.close = *text == '{' ? find_close(text, &has_comma) : NULL;
        if (braces.close && has_comma) {
            add_items(&braces);
            return;
        }
        if (braces.close && parse_range(&braces, &range)) {
            add_range(&braces, &range);
            return;
        }
    }
    strings_add(words, string_copy(word));
}

void brace_expand(const char *word, struct strings *words) {
    struct strings made = {0};
    expand(word, &made, 0);
    bool fits = made.count <= BRACE_MAX;
    for (size_t i = 0; i < made.count && fits; i++)
        strings_add(words, string_copy(made.list[i]));
    if (!fits)
        strings_add(words, string_copy(word));
    strings_release(&made);
}
