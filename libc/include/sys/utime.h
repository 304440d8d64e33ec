/* newlib's <sys/utime.h>, and utime itself. */
#include_next <sys/utime.h>

#ifndef PARLEY_SYS_UTIME_H
#define PARLEY_SYS_UTIME_H
int utime(const char *path, const struct utimbuf *times);
#endif
