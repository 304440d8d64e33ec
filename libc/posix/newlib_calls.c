// The calls by which newlib's sources reach the system: each is the POSIX call, errno included.
#include <fcntl.h>
#include <reent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

ssize_t _read_r(struct _reent *reent, int descriptor, void *buffer, size_t size) {
    return read(descriptor, buffer, size);
}

ssize_t _write_r(struct _reent *reent, int descriptor, const void *data, size_t size) {
    return write(descriptor, data, size);
}

int _open_r(struct _reent *reent, const char *path, int flags, int mode) {
    return open(path, flags, mode);
}

int _close_r(struct _reent *reent, int descriptor) {
    return close(descriptor);
}

off_t _lseek_r(struct _reent *reent, int descriptor, off_t offset, int from) {
    return lseek(descriptor, offset, from);
}

int _fstat_r(struct _reent *reent, int descriptor, struct stat *result) {
    return fstat(descriptor, result);
}

int _stat_r(struct _reent *reent, const char *path, struct stat *result) {
    return stat(path, result);
}

int _isatty_r(struct _reent *reent, int descriptor) {
    return isatty(descriptor);
}

int _unlink_r(struct _reent *reent, const char *path) {
    return unlink(path);
}

int _fcntl_r(struct _reent *reent, int descriptor, int command, int value) {
    return fcntl(descriptor, command, value);
}

int _rename_r(struct _reent *reent, const char *from, const char *to) {
    return rename(from, to);
}

int _gettimeofday_r(struct _reent *reent, struct timeval *result, void *zone) {
    return gettimeofday(result, zone);
}
