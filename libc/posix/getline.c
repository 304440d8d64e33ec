// getline and getdelim: newlib has them under names of its own.
#include <stdio.h>

ssize_t getdelim(char **line, size_t *capacity, int delimiter, FILE *stream) {
    return __getdelim(line, capacity, delimiter, stream);
}

ssize_t getline(char **line, size_t *capacity, FILE *stream) {
    return __getdelim(line, capacity, '\n', stream);
}
