// Decimal fractions as whole numbers of their last place: 1.50 is 150 with 2 decimals. No rounding, no
// floating point.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DECIMAL_TEXT_SIZE = 48, DECIMALS_MAX = 18 };

struct decimal {
    int64_t value;
    unsigned decimals;
};

// A sign, digits, a point, digits; at least one digit. False: it is not that, or has too many digits.
bool decimal_parse(const char *text, struct decimal *decimal);

// The same with another number of decimals; what is cut off rounds down, or up. False: it does not fit.
bool decimal_rescale(struct decimal *decimal, unsigned decimals, bool up);

// As number_format.
char *decimal_format(char *end, int64_t value, unsigned decimals);
