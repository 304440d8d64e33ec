// Descriptors for pipe ends that came as numbers, and the way back.
#include <parley/descriptor.h>

#include "libc/posix/descriptor.h"

int descriptor_of_pipe(int32_t number, uint32_t flags, bool closes_on_spawn) {
    struct open_file file = {
        .kind = &open_file_pipe,
        .flags = (flags & START_READ ? OPEN_READ : 0) | (flags & START_WRITE ? OPEN_WRITE : 0) |
                 (flags & START_TERMINAL ? OPEN_TERMINAL : 0),
        .number = number,
    };
    return descriptor_open(&file, 0, closes_on_spawn);
}

int32_t descriptor_pipe_number(int descriptor) {
    const struct open_file *file = descriptor_file(descriptor);
    return file && file->kind == &open_file_pipe ? file->number : NUMBER_NONE;
}
