// What printf writes: a format with words put in, again and again until all words are used.
#pragma once

#include <stdbool.h>

#include "apps/common/output.h"

struct format {
    struct output *output;
    void (*complain)(void *context, const char *thing, const char *reason);
    void *context;
};

// `words` end with a null pointer. False: something was complained about; the rest was written all the same.
bool format_write(struct format *format, const char *text, char **words);
