// Strings that grow, and lists of strings.
#include "apps/sh/text.h"

#include <stdlib.h>
#include <string.h>

#include "apps/common/number.h"
#include "apps/common/tool.h"

enum { TEXT_LEAST = 32 };

static void make_room(struct text *text, size_t more) {
    if (text->capacity - text->length > more)
        return;
    text->capacity = (text->length + more) * 2 + TEXT_LEAST;
    text->bytes = tool_reallocate(text->bytes, text->capacity, 1);
}

void text_insert(struct text *text, size_t place, const char *bytes, size_t length) {
    make_room(text, length);
    memmove(text->bytes + place + length, text->bytes + place, text->length - place);
    if (length)
        memcpy(text->bytes + place, bytes, length);
    text->length += length;
    text->bytes[text->length] = 0;
}

void text_add(struct text *text, const char *bytes, size_t length) {
    text_insert(text, text->length, bytes, length);
}

void text_add_string(struct text *text, const char *string) {
    text_add(text, string, strlen(string));
}

void text_add_character(struct text *text, char character) {
    text_add(text, &character, 1);
}

void text_add_number(struct text *text, unsigned long number) {
    char digits[NUMBER_TEXT_SIZE], *end = digits + sizeof(digits), *start = number_format(end, number);
    text_add(text, start, (size_t)(end - start));
}

void text_remove(struct text *text, size_t place, size_t length) {
    if (!length)
        return;
    memmove(text->bytes + place, text->bytes + place + length, text->length - place - length);
    text->length -= length;
    text->bytes[text->length] = 0;
}

void text_clear(struct text *text) {
    text->length = 0;
    if (text->bytes)
        text->bytes[0] = 0;
}

void text_release(struct text *text) {
    free(text->bytes);
    *text = (struct text){0};
}

char *text_take(struct text *text) {
    text_add(text, "", 0);
    char *string = text->bytes;
    *text = (struct text){0};
    return string;
}

void strings_add(struct strings *strings, char *string) {
    if (strings->capacity < strings->count + 2) {
        strings->capacity = strings->capacity * 2 + 8;
        strings->list = tool_reallocate(strings->list, strings->capacity, sizeof(char *));
    }
    strings->list[strings->count++] = string;
    strings->list[strings->count] = NULL;
}

char **strings_list(struct strings *strings) {
    static char *empty[] = {NULL};
    return strings->list ? strings->list : empty;
}

void strings_release(struct strings *strings) {
    for (size_t i = 0; i < strings->count; i++)
        free(strings->list[i]);
    free(strings->list);
    *strings = (struct strings){0};
}

char *string_copy(const char *string) {
    size_t size = strlen(string) + 1;
    return memcpy(tool_allocate(size, 1), string, size);
}
