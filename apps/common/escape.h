// Backslash escapes of echo -e: \a \b \c \e \f \n \r \t \v \\ \0NNN \xHH.
#pragma once

#include "apps/common/output.h"

// Writes the text with its escapes replaced. False: \c, which ends all output, was found.
bool escape_write(struct output *output, const char *text);
