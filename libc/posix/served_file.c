// Open files on the file server.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libc/files/client.h"
#include "libc/files/transport.h"
#include "libc/posix/descriptor.h"
#include "libc/posix/posix.h"
#include "libc/posix/served_file.h"

enum { SERVED_BLOCK_SIZE = 16384 };

// Whole pages while there are some that go so, and then pieces until one is shorter than it might be: there the file ends.
static ssize_t served_read(struct open_file *file, void *buffer, size_t size) {
    size_t done = 0, asked, part = 1;
    while (size - done >= FILES_PAGES_LEAST && part) {
        part = files_read_pages(file->handle, (char *)buffer + done, size - done);
        done += part;
    }
    while (done < size) {
        asked = files_piece(size - done);
        enum status status = files_read(file->handle, FILES_OFFSET_CURRENT, (char *)buffer + done, asked, &part);
        if (status < 0)
            return done ? (ssize_t)done : posix_result(status);
        done += part;
        if (part < asked)
            break;
    }
    return (ssize_t)done;
}

static ssize_t served_write(struct open_file *file, const void *data, size_t size) {
    size_t written = 0;
    while (written < size) {
        size_t part;
        enum status status =
            files_write(file->handle, FILES_OFFSET_CURRENT, (const char *)data + written, size - written, &part);
        if (status < 0)
            return written ? (ssize_t)written : posix_result(status);
        if (part == 0)
            break;
        written += part;
    }
    return (ssize_t)written;
}

static off_t served_seek(struct open_file *file, off_t offset, int from) {
    uint64_t position;
    if (from != SEEK_SET && from != SEEK_CUR && from != SEEK_END)
        return posix_fail(EINVAL);
    enum status status = files_seek(file->handle, offset, (enum files_seek_from)from, &position);
    return status < 0 ? posix_result(status) : (off_t)position;
}

_Static_assert(SEEK_SET == FILES_FROM_START && SEEK_CUR == FILES_FROM_CURRENT && SEEK_END == FILES_FROM_END,
               "the protocol counts as POSIX does");

void served_stat_fill(const struct files_stat *stat, struct stat *result) {
    memset(result, 0, sizeof *result);
    result->st_ino = (ino_t)stat->id;
    result->st_mode = (stat->type == FILES_TYPE_DIRECTORY ? S_IFDIR : S_IFREG) | (stat->mode & 07777);
    result->st_nlink = (nlink_t)stat->links;
    result->st_uid = (uid_t)stat->user;
    result->st_size = (off_t)stat->size;
    result->st_mtim.tv_sec = (time_t)(stat->modified / 1000000000);
    result->st_mtim.tv_nsec = (long)(stat->modified % 1000000000);
    result->st_atim = result->st_ctim = result->st_mtim;
    result->st_blksize = SERVED_BLOCK_SIZE;
    result->st_blocks = (blkcnt_t)((stat->size + 511) / 512);
}

static int served_stat(struct open_file *file, struct stat *result) {
    struct files_stat stat;
    enum status status = files_stat_handle(file->handle, &stat);
    if (status >= 0)
        served_stat_fill(&stat, result);
    return posix_result(status);
}

static int served_close(struct open_file *file) {
    return posix_result(files_close(file->handle));
}

const struct open_file_kind open_file_served = {
    .read = served_read,
    .write = served_write,
    .seek = served_seek,
    .stat = served_stat,
    .close = served_close,
};
