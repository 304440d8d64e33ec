// Paths cut into their parts.
#include "apps/common/path.h"

#include <string.h>

static size_t without_slashes(const char *path, size_t length) {
    while (length && path[length - 1] == '/')
        length--;
    return length;
}

static size_t last_start(const char *path, size_t end) {
    while (end && path[end - 1] != '/')
        end--;
    return end;
}

const char *path_last(const char *path, size_t *length) {
    size_t end = without_slashes(path, strlen(path)), start = last_start(path, end);
    *length = end ? end - start : *path != 0;
    return path + start;
}

const char *path_before_last(const char *path, size_t *length) {
    size_t end = without_slashes(path, last_start(path, without_slashes(path, strlen(path))));
    *length = end ? end : 1;
    return end || *path == '/' ? path : ".";
}
