// From a status of Parley's to the errno of POSIX.
#include <errno.h>
#include <parley/status.h>
#include <stddef.h>

#include "libc/posix/posix.h"

static const unsigned char errno_of[-STATUS_LOWEST + 1] = {
    [-STATUS_INVALID_ARGUMENT] = EINVAL,
    [-STATUS_BAD_ADDRESS] = EFAULT,
    [-STATUS_BAD_NUMBER] = EBADF,
    [-STATUS_WRONG_TYPE] = EBADF,
    [-STATUS_NO_RIGHT] = EACCES,
    [-STATUS_DENIED] = EPERM,
    [-STATUS_NO_MEMORY] = ENOMEM,
    [-STATUS_LIMIT_REACHED] = ENOSPC,
    [-STATUS_PEER_FULL] = EAGAIN,
    [-STATUS_PEER_DIED] = EPIPE,
    [-STATUS_TIMED_OUT] = ETIMEDOUT,
    [-STATUS_INTERRUPTED] = EINTR,
    [-STATUS_NOT_FOUND] = ENOENT,
    [-STATUS_TOO_SMALL] = ERANGE,
    [-STATUS_TOO_LARGE] = E2BIG,
    [-STATUS_WOULD_WAIT] = EAGAIN,
    [-STATUS_EXISTS] = EEXIST,
    [-STATUS_BUSY] = EBUSY,
    [-STATUS_NO_CALL] = ENOSYS,
    [-STATUS_BAD_IMAGE] = ENOEXEC,
    [-STATUS_UNSUPPORTED] = ENOTSUP,
    [-STATUS_ADDRESS_IN_USE] = EEXIST,
    [-STATUS_IDS_EXHAUSTED] = EAGAIN,
    [-STATUS_DEVICE_ERROR] = EIO,
    [-STATUS_CORRUPT] = EIO,
    [-STATUS_NOT_DIRECTORY] = ENOTDIR,
    [-STATUS_IS_DIRECTORY] = EISDIR,
    [-STATUS_NOT_EMPTY] = ENOTEMPTY,
    [-STATUS_DEADLOCK] = EDEADLK,
    [-STATUS_RESTARTED] = EPIPE,
};

int status_errno(enum status status) {
    if ((int)status >= 0)
        return 0;
    return (int)status >= STATUS_LOWEST && errno_of[-status] ? errno_of[-status] : EIO;
}

int posix_result(enum status status) {
    if (status >= 0)
        return 0;
    errno = status_errno(status);
    return -1;
}

int posix_fail(int error) {
    errno = error;
    return -1;
}
