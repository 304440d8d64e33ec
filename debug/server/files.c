// Files for GDB: those of the system, by the calls that every program has. The server's own descriptors are not GDB's.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "debug/server/target.h"

enum { FILES_MAX = 16 };

static int descriptors[FILES_MAX]; // + 1; 0: a free place

// ---- GDB's numbers ----

static int64_t error_of(int error) {
    static const struct {
        int ours;
        enum file_error theirs;
    } errors[] = {
        {EPERM, FILE_NOT_PERMITTED}, {ENOENT, FILE_NOT_FOUND},      {EBADF, FILE_BAD_NUMBER},  {EACCES, FILE_NO_ACCESS},
        {EBUSY, FILE_BUSY},          {EEXIST, FILE_EXISTS},         {ENOTDIR, FILE_NO_FOLDER}, {EISDIR, FILE_IS_FOLDER},
        {EINVAL, FILE_INVALID},      {EFBIG, FILE_TOO_BIG},         {ENOSPC, FILE_NO_SPACE},   {EROFS, FILE_READ_ONLY},
        {EMFILE, FILE_TOO_MANY},     {ENAMETOOLONG, FILE_TOO_LONG},
    };
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (errors[i].ours == error)
            return -(int64_t)errors[i].theirs;
    return -FILE_UNKNOWN;
}

static int flags_of(uint32_t flags) {
    static const struct {
        uint32_t theirs;
        int ours;
    } bits[] = {{FILE_APPENDS, O_APPEND}, {FILE_CREATES, O_CREAT}, {FILE_TRUNCATES, O_TRUNC}, {FILE_IS_NEW, O_EXCL}};
    static const int kinds[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR};
    int ours = kinds[flags & FILE_KIND];
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        if (flags & bits[i].theirs)
            ours |= bits[i].ours;
    return ours;
}

static int descriptor_of(uint32_t file) {
    return file < FILES_MAX ? descriptors[file] - 1 : -1;
}

// ---- the target's ----

static int64_t file_open(const char *path, uint32_t flags, uint32_t mode) {
    uint32_t place = 0;
    while (place < FILES_MAX && descriptors[place])
        place++;
    if (place == FILES_MAX)
        return -FILE_TOO_MANY;
    int descriptor = open(path, flags_of(flags), (mode_t)mode);
    if (descriptor < 0)
        return error_of(errno);
    descriptors[place] = descriptor + 1;
    return place;
}

static int64_t file_close(uint32_t file) {
    int descriptor = descriptor_of(file);
    if (descriptor < 0)
        return -FILE_BAD_NUMBER;
    descriptors[file] = 0;
    return close(descriptor) == 0 ? 0 : error_of(errno);
}

static void close_all(void) {
    for (uint32_t file = 0; file < FILES_MAX; file++)
        file_close(file);
}

static int64_t file_read(uint32_t file, uint64_t offset, void *to, size_t size) {
    int descriptor = descriptor_of(file);
    if (descriptor < 0)
        return -FILE_BAD_NUMBER;
    ssize_t done = lseek(descriptor, (off_t)offset, SEEK_SET) < 0 ? -1 : read(descriptor, to, size);
    return done < 0 ? error_of(errno) : done;
}

static int64_t file_write(uint32_t file, uint64_t offset, const void *from, size_t size) {
    int descriptor = descriptor_of(file);
    if (descriptor < 0)
        return -FILE_BAD_NUMBER;
    ssize_t done = lseek(descriptor, (off_t)offset, SEEK_SET) < 0 ? -1 : write(descriptor, from, size);
    return done < 0 ? error_of(errno) : done;
}

static int64_t file_status(uint32_t file, struct debug_file_status *status) {
    struct stat found;
    int descriptor = descriptor_of(file);
    if (descriptor < 0)
        return -FILE_BAD_NUMBER;
    if (fstat(descriptor, &found) != 0)
        return error_of(errno);
    uint32_t kind = S_ISDIR(found.st_mode) ? FILE_MODE_FOLDER : FILE_MODE_REGULAR;
    *status = (struct debug_file_status){
        .mode = kind | (found.st_mode & 0777), .changed = (uint32_t)found.st_mtime, .size = (uint64_t)found.st_size};
    return 0;
}

static int64_t file_unlink(const char *path) {
    return unlink(path) == 0 ? 0 : error_of(errno);
}

const struct debug_files server_files = {
    .open = file_open,
    .read = file_read,
    .write = file_write,
    .status = file_status,
    .close = file_close,
    .unlink = file_unlink,
    .close_all = close_all,
};
