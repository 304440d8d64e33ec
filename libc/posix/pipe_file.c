// Open files that are pipe ends.
#include <errno.h>
#include <parley/calls.h>
#include <signal.h>
#include <string.h>

#include "libc/posix/descriptor.h"
#include "libc/posix/posix.h"

enum { PIPE_BLOCK_SIZE = 4096 };

static uint64_t deadline_of(const struct open_file *file) {
    return file->flags & OPEN_NONBLOCKING ? DEADLINE_NOW : DEADLINE_NEVER;
}

static ssize_t pipe_file_read(struct open_file *file, void *buffer, size_t size) {
    size_t got = 0;
    if (size == 0)
        return 0;
    enum status status = pipe_read(file->number, buffer, size, deadline_of(file), &got);
    return status < 0 ? posix_result(status) : (ssize_t)got;
}

static ssize_t pipe_file_write(struct open_file *file, const void *data, size_t size) {
    size_t written = 0;
    if (size == 0)
        return 0;
    enum status status = pipe_write(file->number, data, size, deadline_of(file), &written);
    if (status == STATUS_PEER_DIED)
        raise(SIGPIPE);
    return status < 0 ? posix_result(status) : (ssize_t)written;
}

static off_t pipe_file_seek(struct open_file *file, off_t offset, int from) {
    return posix_fail(ESPIPE);
}

static int pipe_file_stat(struct open_file *file, struct stat *result) {
    memset(result, 0, sizeof *result);
    result->st_mode = (file->flags & OPEN_TERMINAL ? S_IFCHR : S_IFIFO) | S_IRUSR | S_IWUSR;
    result->st_nlink = 1;
    result->st_blksize = PIPE_BLOCK_SIZE;
    return 0;
}

static int pipe_file_close(struct open_file *file) {
    return posix_result(number_close(file->number));
}

const struct open_file_kind open_file_pipe = {
    .read = pipe_file_read,
    .write = pipe_file_write,
    .seek = pipe_file_seek,
    .stat = pipe_file_stat,
    .close = pipe_file_close,
};
