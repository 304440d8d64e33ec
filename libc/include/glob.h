/* Names of files that match a pattern, as POSIX has it. newlib's own <glob.h> lacks half of the constants. */
#ifndef PARLEY_GLOB_H
#define PARLEY_GLOB_H

#include <stddef.h>

#define GLOB_APPEND 0x01   /* add to what an earlier call found */
#define GLOB_DOOFFS 0x02   /* leave gl_offs places free in front */
#define GLOB_ERR 0x04      /* stop at a directory that cannot be read */
#define GLOB_MARK 0x08     /* a slash behind directories */
#define GLOB_NOCHECK 0x10  /* the pattern itself where nothing matches */
#define GLOB_NOSORT 0x20   /* in the order of the directories */
#define GLOB_NOESCAPE 0x40 /* a backslash is a character */

#define GLOB_NOSPACE 1
#define GLOB_ABORTED 2
#define GLOB_NOMATCH 3

typedef struct {
    size_t gl_pathc;
    char **gl_pathv;
    size_t gl_offs;
} glob_t;

int glob(const char *__restrict pattern, int flags, int (*on_error)(const char *path, int error),
         glob_t *__restrict result);
void globfree(glob_t *result);

#endif
