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

bool escape_write(struct output *output, const char *text) {
    static const char letters[] = "abefnrtv\\", meanings[] = "\a\b\033\f\n\r\t\v\\";
    while (*text) {
        const char *found = text[0] == '\\' && text[1] ? strchr(letters, text[1]) : NULL;
        if (text[0] == '\\' && text[1] == 'c')
            return false;
        if (found) {
            output_character(output, meanings[found - letters]);
            text += 2;
        } else if (text[0] == '\\' && text[1] == '0') {
            text = write_code(output, text + 2, 8, 3, text);
        } else if (text[0] == '\\' && text[1] == 'x') {
            text = write_code(output, text + 2, 16, 2, text);
        } else {
            output_character(output, *text++);
        }
    }
    return true;
}
