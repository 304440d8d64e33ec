// Whole numbers as text: two digits at a time on the way out, one at a time on the way in.
#include "apps/common/number.h"

static const char pairs[] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

char *number_format(char *end, uint64_t value) {
    while (value >= 100) {
        unsigned pair = (unsigned)(value % 100) * 2;
        value /= 100;
        *--end = pairs[pair + 1];
        *--end = pairs[pair];
    }
    if (value >= 10) {
        *--end = pairs[value * 2 + 1];
        *--end = pairs[value * 2];
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

// Parses digits and says where they end; null if there are none or they do not fit.
static const char *parse_digits(const char *text, uint64_t *value) {
    const char *start = text;
    *value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, (uint64_t)(*text - '0'), value))
            return NULL;
    return text == start ? NULL : text;
}

bool number_parse(const char *text, uint64_t *value) {
    const char *end = parse_digits(text, value);
    return end && !*end;
}

static uint64_t letter_factor(char letter) {
    switch (letter) {
    case 'b':
        return 512;
    case 'K':
    case 'k':
        return UINT64_C(1) << 10;
    case 'M':
        return UINT64_C(1) << 20;
    case 'G':
        return UINT64_C(1) << 30;
    default:
        return 0;
    }
}

bool number_parse_size(const char *text, uint64_t *value) {
    const char *end = parse_digits(text, value);
    if (!end)
        return false;
    if (!*end)
        return true;
    uint64_t factor = letter_factor(*end);
    return factor && !end[1] && !__builtin_mul_overflow(*value, factor, value);
}
