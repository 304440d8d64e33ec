// Backslash escapes of echo -e.
#include "apps/common/escape.h"

#include <string.h>

static int digit_of(char character, int base) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = character ? strchr(digits, character) : NULL;
    if (!found)
        return -1;
    int value = (int)((found - digits) % 16);
    return value < base ? value : -1;
}

// At most `most` digits; text without any stands for itself, backslash and letter included.
static const char *write_code(struct output *output, const char *digits, int base, int most, const char *itself) {
    int value = 0, count = 0;
    for (; count < most && digit_of(digits[count], base) >= 0; count++)
        value = value * base + digit_of(digits[count], base);
    if (count || base == 8)
        output_character(output, (char)value);
    else
        output_bytes(output, itself, (size_t)(digits - itself));
    return digits + count;
}

const char *escape_write_one(struct output *output, const char *text, bool bare_octal) {
    static const char letters[] = "abefnrtv\\", meanings[] = "\a\b\033\f\n\r\t\v\\";
    const char *found = text[0] == '\\' && text[1] ? strchr(letters, text[1]) : NULL;
    bool octal = bare_octal ? digit_of(text[1], 8) >= 0 : text[1] == '0';
    if (text[0] == '\\' && text[1] == 'c')
        return NULL;
    if (found) {
        output_character(output, meanings[found - letters]);
        return text + 2;
    }
    if (text[0] == '\\' && octal)
        return write_code(output, text + (bare_octal ? 1 : 2), 8, 3, text);
    if (text[0] == '\\' && text[1] == 'x')
        return write_code(output, text + 2, 16, 2, text);
    output_character(output, *text);
    return text + 1;
}

bool escape_write(struct output *output, const char *text) {
    while (text && *text)
        text = escape_write_one(output, text, false);
    return text;
}
