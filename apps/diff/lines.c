// The lines of a text, told apart by numbers from a hash table.
#include "apps/diff/lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "apps/common/tool.h"

void lines_read(struct lines *lines, const char *name) {
    static struct input input;
    size_t capacity = 0;
    *lines = (struct lines){0};
    if (!input_open(&input, name))
        tool_fail(NULL, "nothing was compared");
    input_whole(&input, &lines->whole);
    input_close(&input);
    const char *text = lines->whole.text, *end = text + lines->whole.size;
    while (text && text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        if (lines->count == capacity) {
            capacity = capacity * 2 + 1024;
            lines->list = tool_reallocate(lines->list, capacity, sizeof(*lines->list));
        }
        lines->unended = !line_end;
        size_t length = (size_t)((line_end ? line_end : end) - text);
        lines->list[lines->count++] = (struct text_line){.text = text, .length = length};
        text += length + 1;
    }
}

// The line as it counts: without case, without blanks or with one for each run of them, in memory of the caller's.
static char *canonical(const struct text_line *line, const struct lines_options *options, size_t *length) {
    char *made = tool_allocate(line->length + 1, 1), *to = made;
    bool blank = false;
    for (size_t i = 0; i < line->length; i++) {
        unsigned char byte = (unsigned char)line->text[i];
        if (isblank(byte) && (options->ignore_blanks || options->squeeze_blanks)) {
            blank = true;
            continue;
        }
        if (blank && !options->ignore_blanks)
            *to++ = ' ';
        blank = false;
        *to++ = (char)(options->ignore_case ? tolower(byte) : byte);
    }
    *length = (size_t)(to - made);
    return made;
}

struct key {
    const char *text;
    size_t length;
    bool unended;
    uint32_t identity; // 0: the place is free
};

struct table {
    struct key *keys;
    size_t size; // a power of two
    uint32_t used;
};

static uint64_t hash_of(const struct key *key) {
    uint64_t hash = 14695981039346656037u ^ key->unended;
    for (size_t i = 0; i < key->length; i++)
        hash = (hash ^ (unsigned char)key->text[i]) * 1099511628211u;
    return hash ^ hash >> 29;
}

static uint32_t identify(struct table *table, const struct key *wanted) {
    size_t at = hash_of(wanted) & (table->size - 1);
    for (;; at = (at + 1) & (table->size - 1)) {
        struct key *key = &table->keys[at];
        if (!key->identity) {
            *key = *wanted;
            key->identity = ++table->used;
            return key->identity;
        }
        if (key->length == wanted->length && key->unended == wanted->unended &&
            !memcmp(key->text, wanted->text, key->length))
            return key->identity;
    }
}

static void identify_all(struct table *table, struct lines *lines, const struct lines_options *options) {
    bool plain = !options->ignore_case && !options->ignore_blanks && !options->squeeze_blanks;
    for (size_t i = 0; i < lines->count; i++) {
        struct text_line *line = &lines->list[i];
        struct key key = {.text = line->text, .length = line->length};
        if (!plain)
            key.text = canonical(line, options, &key.length);
        key.unended = plain && lines->unended && i + 1 == lines->count;
        line->identity = identify(table, &key);
    }
}

void lines_identify(struct lines *left, struct lines *right, const struct lines_options *options) {
    struct table table = {.size = 64};
    while (table.size < 2 * (left->count + right->count))
        table.size *= 2;
    table.keys = tool_allocate(table.size, sizeof(*table.keys));
    memset(table.keys, 0, table.size * sizeof(*table.keys));
    identify_all(&table, left, options);
    identify_all(&table, right, options);
    free(table.keys);
}
