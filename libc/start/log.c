// log_line: a formatted line to the kernel's log.
#include <parley/calls.h>
#include <parley/log.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LOG_LINE_MAX = 512 };

void log_line(const char *format, ...) {
    char line[LOG_LINE_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsniprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    size_t size = (size_t)length < sizeof line - 2 ? (size_t)length : sizeof line - 2;
    line[size] = '\n';
    log_write(line, size + 1);
}
