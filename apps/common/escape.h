// Backslash escapes of echo -e: \a \b \c \e \f \n \r \t \v \\ \0NNN \xHH.
#pragma once

#include <stdbool.h>

#include "apps/common/output.h"

// Writes the text with its escapes replaced. False: \c, which ends all output, was found.
bool escape_write(struct output *output, const char *text);

// Writes the escape or the character at `text`, and returns what stands behind; null: \c. With `bare_octal` an octal number
// needs no 0 before it, as in formats of printf.
const char *escape_write_one(struct output *output, const char *text, bool bare_octal);
