// What printf writes. Conversions go through the library's, one at a time; widths and flags are theirs.
#include "apps/common/format.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/escape.h"
#include "apps/common/tool.h"

enum { SPECIFIER_SIZE = 32, WIDTH_MAX = 1 << 20 };

struct run {
    struct format *format;
    char **words;
    bool good, ended; // ended: by \c
};

// One %...: as the library wants it, with a * for width and precision.
struct specifier {
    char text[SPECIFIER_SIZE];
    size_t length;
    int width, precision; // precision -1: none
    char conversion;
};

static void complain(struct run *run, const char *thing, const char *reason) {
    run->format->complain(run->format->context, thing, reason);
    run->good = false;
}

static const char *take(struct run *run) {
    return *run->words ? *run->words++ : NULL;
}

// A word that is a number; "'x" is the code of x.
static bool is_code(const char *word) {
    return (*word == '\'' || *word == '"') && word[1];
}

static void check_number(struct run *run, const char *word, const char *end) {
    if (end == word)
        complain(run, word, "a number is wanted");
    else if (*end)
        complain(run, word, "not all of it is a number");
    else if (errno)
        complain(run, word, strerror(errno));
}

static intmax_t take_number(struct run *run) {
    const char *word = take(run);
    char *end;
    if (!word || is_code(word))
        return word ? (unsigned char)word[1] : 0;
    errno = 0;
    intmax_t value = strtoll(word, &end, 0);
    if (errno && *word != '-') {
        errno = 0;
        value = (intmax_t)strtoull(word, &end, 0);
    }
    check_number(run, word, end);
    return value;
}

static double take_fraction(struct run *run) {
    const char *word = take(run);
    char *end;
    if (!word || is_code(word))
        return word ? (unsigned char)word[1] : 0;
    errno = 0;
    double value = strtod(word, &end);
    check_number(run, word, end);
    return value;
}

static int take_size(struct run *run, const char **text) {
    char *end;
    if (**text == '*') {
        ++*text;
        intmax_t size = take_number(run);
        return size > WIDTH_MAX ? WIDTH_MAX : size < -WIDTH_MAX ? -WIDTH_MAX : (int)size;
    }
    unsigned long size = strtoul(*text, &end, 10);
    *text = end;
    return size > WIDTH_MAX ? WIDTH_MAX : (int)size;
}

// Reads what follows the %; false: there is no such conversion.
static bool parse(struct run *run, const char **text, struct specifier *specifier) {
    specifier->length = 0;
    specifier->text[specifier->length++] = '%';
    for (; **text && strchr("-+ #0", **text); ++*text)
        if (specifier->length < SPECIFIER_SIZE / 2)
            specifier->text[specifier->length++] = **text;
    specifier->width = take_size(run, text);
    specifier->precision = -1;
    if (**text == '.') {
        ++*text;
        specifier->precision = take_size(run, text);
    }
    *text += strspn(*text, "hlLjzt");
    specifier->conversion = **text;
    if (!**text || !strchr("diouxXcsbeEfFgG", **text))
        return false;
    ++*text;
    return true;
}

static const char *finish(struct specifier *specifier, const char *conversion) {
    strcpy(specifier->text + specifier->length, "*.*");
    strcat(specifier->text, conversion);
    return specifier->text;
}

#define PUT(run, specifier, conversion, value)                                                                         \
    do {                                                                                                               \
        const char *how = finish(specifier, conversion);                                                               \
        int size = snprintf(NULL, 0, how, (specifier)->width, (specifier)->precision, value);                          \
        char *made = tool_allocate((size_t)(size < 0 ? 0 : size) + 1, 1);                                              \
        snprintf(made, (size_t)(size < 0 ? 0 : size) + 1, how, (specifier)->width, (specifier)->precision, value);     \
        output_text((run)->format->output, size < 0 ? "" : made);                                                      \
        free(made);                                                                                                    \
    } while (0)

static void put_number(struct run *run, struct specifier *specifier) {
    char conversion[] = {'j', specifier->conversion, 0};
    intmax_t value = take_number(run);
    PUT(run, specifier, conversion, value);
}

static void put_fraction(struct run *run, struct specifier *specifier) {
    char conversion[] = {specifier->conversion, 0};
    double value = take_fraction(run);
    PUT(run, specifier, conversion, value);
}

static void put_text(struct run *run, struct specifier *specifier) {
    const char *word = take(run);
    char character[] = {word ? word[0] : 0, 0};
    PUT(run, specifier, "s", specifier->conversion == 'c' ? character : word ? word : "");
}

static void put_escaped(struct run *run) {
    const char *word = take(run);
    run->ended = word && !escape_write(run->format->output, word);
}

static void put_conversion(struct run *run, const char **text) {
    struct specifier specifier;
    const char *start = *text;
    if (**text == '%') {
        output_character(run->format->output, '%');
        ++*text;
    } else if (!parse(run, text, &specifier)) {
        complain(run, start - 1, "no such conversion");
        run->ended = true;
    } else if (specifier.conversion == 'b') {
        put_escaped(run);
    } else if (strchr("cs", specifier.conversion)) {
        put_text(run, &specifier);
    } else if (strchr("diouxX", specifier.conversion)) {
        put_number(run, &specifier);
    } else {
        put_fraction(run, &specifier);
    }
}

static void write_once(struct run *run, const char *text) {
    while (text && *text && !run->ended) {
        if (*text == '%') {
            text++;
            put_conversion(run, &text);
        } else if (text[0] == '\\' && text[1] == '"') {
            output_character(run->format->output, '"');
            text += 2;
        } else {
            text = escape_write_one(run->format->output, text, true);
        }
    }
    run->ended |= !text;
}

bool format_write(struct format *format, const char *text, char **words) {
    struct run run = {.format = format, .words = words, .good = true};
    char **before;
    do {
        before = run.words;
        write_once(&run, text);
    } while (*run.words && run.words != before && !run.ended && !format->output->error);
    return run.good;
}
