// Names in fields of fixed size.
#include "kernel/base/string.h"

void string_copy_padded(char *to, const char *from, size_t size) {
    size_t length = 0;
    while (length + 1 < size && from[length] != 0) {
        to[length] = from[length];
        length++;
    }
    memset(to + length, 0, size - length);
}
