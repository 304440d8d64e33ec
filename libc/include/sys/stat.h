/* newlib's <sys/stat.h>, and lstat: there are no symbolic links, so it is stat. */
#include_next <sys/stat.h>

#ifndef PARLEY_SYS_STAT_H
#define PARLEY_SYS_STAT_H
int lstat(const char *__restrict path, struct stat *__restrict result);
#endif
