// read, write and the other calls on an open descriptor.
#include <errno.h>
#include <fcntl.h>
#include <parley/calls.h>
#include <stdarg.h>
#include <unistd.h>

#include "libc/files/client.h"
#include "libc/posix/descriptor.h"
#include "libc/posix/posix.h"

ssize_t read(int descriptor, void *buffer, size_t size) {
    struct open_file *file = descriptor_file(descriptor);
    if (!file)
        return -1;
    if (!(file->flags & OPEN_READ))
        return posix_fail(EBADF);
    return file->kind->read(file, buffer, size);
}

ssize_t write(int descriptor, const void *data, size_t size) {
    struct open_file *file = descriptor_file(descriptor);
    if (!file)
        return -1;
    if (!(file->flags & OPEN_WRITE))
        return posix_fail(EBADF);
    return file->kind->write(file, data, size);
}

off_t lseek(int descriptor, off_t offset, int from) {
    struct open_file *file = descriptor_file(descriptor);
    return file ? file->kind->seek(file, offset, from) : -1;
}

int fstat(int descriptor, struct stat *result) {
    struct open_file *file = descriptor_file(descriptor);
    return file ? file->kind->stat(file, result) : -1;
}

int close(int descriptor) {
    return descriptor_close(descriptor);
}

int dup(int descriptor) {
    return descriptor_duplicate(descriptor, 0, false);
}

int dup2(int descriptor, int wanted) {
    return descriptor_duplicate_to(descriptor, wanted);
}

int isatty(int descriptor) {
    struct open_file *file = descriptor_file(descriptor);
    if (!file)
        return 0;
    if (file->flags & OPEN_TERMINAL)
        return 1;
    errno = ENOTTY;
    return 0;
}

static int open_into_table(int32_t number, uint32_t flags, bool closes_on_spawn) {
    struct open_file file = {.kind = &open_file_pipe, .flags = flags, .number = number};
    int descriptor = descriptor_open(&file, 0, closes_on_spawn);
    if (descriptor < 0)
        number_close(number);
    return descriptor;
}

int pipe2(int descriptors[2], int flags) {
    bool closes_on_spawn = flags & O_CLOEXEC;
    struct pipe_create parameters = {.mode = PIPE_RECEIVE};
    int32_t number;
    enum status status = pipe_create(&parameters, &number);
    if (status < 0)
        return posix_result(status);
    int reader = open_into_table(number, OPEN_READ, closes_on_spawn);
    int writer = open_into_table(parameters.other, OPEN_WRITE, closes_on_spawn);
    if (reader >= 0 && writer >= 0) {
        descriptors[0] = reader;
        descriptors[1] = writer;
        return 0;
    }
    if (reader >= 0)
        descriptor_close(reader);
    if (writer >= 0)
        descriptor_close(writer);
    return -1;
}

int pipe(int descriptors[2]) {
    return pipe2(descriptors, 0);
}

int ftruncate(int descriptor, off_t size) {
    struct open_file *file = descriptor_file(descriptor);
    if (!file)
        return -1;
    if (file->kind != &open_file_served || size < 0)
        return posix_fail(EINVAL);
    return posix_result(files_truncate(file->handle, (uint64_t)size));
}

static int get_status_flags(const struct open_file *file) {
    int flags = file->flags & OPEN_WRITE ? (file->flags & OPEN_READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    return flags | (file->flags & OPEN_NONBLOCKING ? O_NONBLOCK : 0) | (file->flags & OPEN_APPEND ? O_APPEND : 0);
}

static int set_status_flags(struct open_file *file, int flags) {
    file->flags &= ~(uint32_t)OPEN_NONBLOCKING;
    file->flags |= flags & O_NONBLOCK ? OPEN_NONBLOCKING : 0;
    return 0;
}

int fcntl(int descriptor, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    int value = va_arg(arguments, int);
    va_end(arguments);
    struct open_file *file = descriptor_file(descriptor);
    if (!file)
        return -1;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return descriptor_duplicate(descriptor, value, command == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return descriptor_closes_on_spawn(descriptor) ? FD_CLOEXEC : 0;
    case F_SETFD:
        descriptor_set_close_on_spawn(descriptor, value & FD_CLOEXEC);
        return 0;
    case F_GETFL:
        return get_status_flags(file);
    case F_SETFL:
        return set_status_flags(file, value);
    default:
        return posix_fail(EINVAL);
    }
}
