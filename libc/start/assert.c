// A failed assert: told to the standard error and, since a driver may have none, to the kernel's log.
#include <assert.h>
#include <parley/calls.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MAX = 512 };

void __assert_func(const char *file, int line, const char *function, const char *expression) {
    char text[TEXT_MAX];
    int length = sniprintf(text, sizeof text, "%s:%d: %s: assertion failed: %s\n", file, line,
                           function ? function : "?", expression);
    size_t size = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    if (write(STDERR_FILENO, text, size) < 0)
        log_write(text, size);
    abort();
}
