// Strings that grow, and lists of strings.
//
// Rules: both start as zeros. A text ends with a 0 behind its bytes once anything, even nothing, was added.
// Memory that runs out ends the shell (common/tool.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *bytes;
    size_t length, capacity;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_add_string(struct text *text, const char *string);
void text_add_character(struct text *text, char character);
void text_add_number(struct text *text, unsigned long number);

// Puts bytes in at `place`, or takes some out there.
void text_insert(struct text *text, size_t place, const char *bytes, size_t length);
void text_remove(struct text *text, size_t place, size_t length);
void text_clear(struct text *text);
void text_release(struct text *text);

// The string, which the caller frees; the text is empty then.
char *text_take(struct text *text);

struct strings {
    char **list; // a null pointer behind the last
    size_t count, capacity;
};

// Takes over a string from malloc.
void strings_add(struct strings *strings, char *string);

// The list, which is there even if it is empty.
char **strings_list(struct strings *strings);
void strings_release(struct strings *strings);

char *string_copy(const char *string);
