// Decimal fractions as whole numbers of their last place.
#include "apps/common/decimal.h"

#include <stddef.h>

#include "apps/common/number.h"

static const char *take_digits(const char *text, struct decimal *decimal, bool fraction) {
    for (; text && *text >= '0' && *text <= '9'; text++) {
        if (__builtin_mul_overflow(decimal->value, 10, &decimal->value) ||
            __builtin_add_overflow(decimal->value, *text - '0', &decimal->value))
            return NULL;
        decimal->decimals += fraction;
    }
    return text;
}

bool decimal_parse(const char *text, struct decimal *decimal) {
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    *decimal = (struct decimal){0};
    const char *start = text;
    text = take_digits(text, decimal, false);
    if (text && *text == '.') {
        start++;
        text = take_digits(text + 1, decimal, true);
    }
    if (negative)
        decimal->value = -decimal->value;
    return text && !*text && text > start && decimal->decimals <= DECIMALS_MAX;
}

bool decimal_rescale(struct decimal *decimal, unsigned decimals, bool up) {
    for (; decimal->decimals < decimals; decimal->decimals++)
        if (__builtin_mul_overflow(decimal->value, 10, &decimal->value))
            return false;
    for (; decimal->decimals > decimals; decimal->decimals--) {
        int64_t rest = decimal->value % 10;
        decimal->value /= 10;
        decimal->value += (up && rest > 0) - (!up && rest < 0);
    }
    return true;
}

char *decimal_format(char *end, int64_t value, unsigned decimals) {
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    for (unsigned place = 0; place < decimals; place++, left /= 10)
        *--end = (char)('0' + left % 10);
    if (decimals)
        *--end = '.';
    end = number_format(end, left);
    if (value < 0)
        *--end = '-';
    return end;
}
