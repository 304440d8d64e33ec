// $'...': what its backslashes mean.
#include "apps/sh/escapes.h"

#include <stdint.h>
#include <string.h>

#include "apps/sh/text.h"

struct escaped {
    const char *next;
    size_t left;
    struct text meant;
};

static char take(struct escaped *from) {
    from->left--;
    return *from->next++;
}

static int digit_of(char character, unsigned base) {
    static const char digits[] = "0123456789abcdef";
    char small = character >= 'A' && character <= 'F' ? (char)(character | 0x20) : character;
    const char *found = small ? strchr(digits, small) : NULL;
    return found && (unsigned)(found - digits) < base ? (int)(found - digits) : -1;
}

// At most `most` digits. How many there were.
static unsigned take_number(struct escaped *from, unsigned base, unsigned most, uint32_t *number) {
    unsigned count = 0;
    *number = 0;
    for (int digit; count < most && from->left && (digit = digit_of(*from->next, base)) >= 0; count++) {
        *number = *number * base + (unsigned)digit;
        take(from);
    }
    return count;
}

// In UTF-8.
static void put_code(struct text *text, uint32_t code) {
    if (code < 0x80) {
        text_add_character(text, (char)code);
    } else if (code < 0x800) {
        text_add_character(text, (char)(0xc0 | code >> 6));
        text_add_character(text, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        text_add_character(text, (char)(0xe0 | code >> 12));
        text_add_character(text, (char)(0x80 | (code >> 6 & 0x3f)));
        text_add_character(text, (char)(0x80 | (code & 0x3f)));
    } else {
        text_add_character(text, (char)(0xf0 | (code >> 18 & 7)));
        text_add_character(text, (char)(0x80 | (code >> 12 & 0x3f)));
        text_add_character(text, (char)(0x80 | (code >> 6 & 0x3f)));
        text_add_character(text, (char)(0x80 | (code & 0x3f)));
    }
}

// \xHH, \uHHHH, \UHHHHHHHH; without a digit they mean themselves.
static void put_number(struct escaped *from, char letter) {
    uint32_t number;
    unsigned count = take_number(from, 16, letter == 'x' ? 2 : letter == 'u' ? 4 : 8, &number);
    if (!count) {
        text_add_character(&from->meant, '\\');
        text_add_character(&from->meant, letter);
    } else if (letter == 'x') {
        text_add_character(&from->meant, (char)number);
    } else {
        put_code(&from->meant, number);
    }
}

static void put_octal(struct escaped *from) {
    uint32_t number;
    take_number(from, 8, 3, &number);
    text_add_character(&from->meant, (char)number);
}

static void put_escape(struct escaped *from) {
    static const char letters[] = "abeEfnrtv\\'\"?", meanings[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
    if (digit_of(*from->next, 8) >= 0) {
        put_octal(from);
        return;
    }
    char letter = take(from);
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (found) {
        text_add_character(&from->meant, meanings[found - letters]);
    } else if (letter == 'c' && from->left) {
        text_add_character(&from->meant, (char)(take(from) & 0x1f));
    } else if (letter && strchr("xuU", letter)) {
        put_number(from, letter);
    } else {
        text_add_character(&from->meant, '\\');
        text_add_character(&from->meant, letter);
    }
}

char *escapes_replace(const char *text, size_t length) {
    struct escaped from = {.next = text, .left = length};
    text_add(&from.meant, "", 0);
    while (from.left) {
        char character = take(&from);
        if (character == '\\' && from.left)
            put_escape(&from);
        else
            text_add_character(&from.meant, character);
    }
    return text_take(&from.meant);
}
