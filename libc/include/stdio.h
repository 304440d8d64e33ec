/* newlib's <stdio.h>, and the two calls of POSIX that it defines under other names only. */
#include_next <stdio.h>

#ifndef PARLEY_STDIO_H
#define PARLEY_STDIO_H
ssize_t getdelim(char **line, size_t *capacity, int delimiter, FILE *stream);
ssize_t getline(char **line, size_t *capacity, FILE *stream);
#endif
