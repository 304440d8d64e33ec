// The kernel's panic for tests of pure parts: says what was expected, and ends the test.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/base/assert.h"

void panic(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    abort();
}
