// open, stat and the other calls on a path.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "libc/files/client.h"
#include "libc/posix/descriptor.h"
#include "libc/posix/posix.h"
#include "libc/posix/served_file.h"
#include "libc/posix/working_directory.h"

struct flag_pair {
    int posix;
    uint32_t files;
};

static const struct flag_pair flag_pairs[] = {
    {O_APPEND, FILES_APPEND}, {O_CREAT, FILES_CREATE},        {O_EXCL, FILES_EXCLUSIVE},
    {O_TRUNC, FILES_CUT},     {O_DIRECTORY, FILES_DIRECTORY},
};

static uint32_t files_flags(int flags) {
    static const uint32_t access[] = {
        [O_RDONLY] = FILES_FOR_READ, [O_WRONLY] = FILES_FOR_WRITE, [O_RDWR] = FILES_FOR_READ | FILES_FOR_WRITE};
    uint32_t result = (flags & O_ACCMODE) <= O_RDWR ? access[flags & O_ACCMODE] : 0;
    for (size_t i = 0; i < sizeof flag_pairs / sizeof *flag_pairs; i++)
        if (flags & flag_pairs[i].posix)
            result |= flag_pairs[i].files;
    return result;
}

static uint32_t open_flags(uint32_t flags, const struct files_stat *stat) {
    return (flags & FILES_FOR_READ ? OPEN_READ : 0) | (flags & FILES_FOR_WRITE ? OPEN_WRITE : 0) |
           (flags & FILES_APPEND ? OPEN_APPEND : 0) | (stat->type == FILES_TYPE_DIRECTORY ? OPEN_DIRECTORY : 0);
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    uint32_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    char resolved[FILES_PATH_MAX];
    struct files_opened opened;
    if (!path_resolve(path, resolved))
        return -1;
    uint32_t wanted = files_flags(flags);
    enum status status = files_open(resolved, wanted, mode & 07777, &opened);
    if (status < 0)
        return posix_result(status);
    struct open_file file = {
        .kind = &open_file_served, .flags = open_flags(wanted, &opened.stat), .handle = opened.handle};
    int descriptor = descriptor_open(&file, 0, flags & O_CLOEXEC);
    if (descriptor < 0)
        files_close(opened.handle);
    return descriptor;
}

int creat(const char *path, mode_t mode) {
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int stat(const char *restrict path, struct stat *restrict result) {
    char resolved[FILES_PATH_MAX];
    struct files_stat stat;
    if (!path_resolve(path, resolved))
        return -1;
    enum status status = files_stat_path(resolved, &stat);
    if (status >= 0)
        served_stat_fill(&stat, result);
    return posix_result(status);
}

int lstat(const char *restrict path, struct stat *restrict result) {
    return stat(path, result);
}

static int on_path(enum files_operation operation, const char *path, uint64_t value) {
    char resolved[FILES_PATH_MAX];
    return path_resolve(path, resolved) ? posix_result(files_on_path(operation, resolved, value)) : -1;
}

int mkdir(const char *path, mode_t mode) {
    return on_path(FILES_MAKE_DIRECTORY, path, mode & 07777);
}

int rmdir(const char *path) {
    return on_path(FILES_REMOVE_DIRECTORY, path, 0);
}

int unlink(const char *path) {
    return on_path(FILES_REMOVE, path, 0);
}

int chmod(const char *path, mode_t mode) {
    return on_path(FILES_SET_MODE, path, mode & 07777);
}

int utime(const char *path, const struct utimbuf *times) {
    return on_path(FILES_SET_TIME, path, times ? (uint64_t)times->modtime * 1000000000u : FILES_TIME_NOW);
}

int rename(const char *from, const char *to) {
    char resolved_from[FILES_PATH_MAX], resolved_to[FILES_PATH_MAX];
    if (!path_resolve(from, resolved_from) || !path_resolve(to, resolved_to))
        return -1;
    return posix_result(files_rename(resolved_from, resolved_to));
}

int remove(const char *path) {
    int result = unlink(path);
    return result < 0 && errno == EISDIR ? rmdir(path) : result;
}

// Every user may do what the mode bits let the owner do; the server refuses the rest.
int access(const char *path, int mode) {
    struct stat facts = {0};
    if (stat(path, &facts) < 0)
        return -1;
    mode_t owner = (facts.st_mode >> 6) & 7;
    return (mode & ~(int)owner & (R_OK | W_OK | X_OK)) ? posix_fail(EACCES) : 0;
}

int truncate(const char *path, off_t size) {
    int descriptor = open(path, O_WRONLY);
    if (descriptor < 0)
        return -1;
    int result = ftruncate(descriptor, size);
    close(descriptor);
    return result;
}
