// What the POSIX layer's files share: the way from a status to a result.
#pragma once

#include "kernel/abi/status.h"

// 0 for a success, else -1 with errno set.
int posix_result(enum status status);

// Sets errno; always -1.
int posix_fail(int error);
