// The l of sed: bytes so that each is seen.
#pragma once

#include "apps/sed/sink.h"

enum { SHOW_WIDTH = 70 };

// Writes them as one line with $ at its end: backslashes and what is no printable ASCII as escapes, and `\` where a line would
// be longer than `width`. 0: it is as long as it is.
void show_bytes(struct sink *sink, const char *bytes, size_t length, size_t width);
