// The library's own locks, as newlib's sources and ours use them. See libc/include/sys/lock.h.
#pragma once

#include <sys/lock.h>
