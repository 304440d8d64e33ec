// The working directory: a path that the library keeps, handed on to children in the start block.
#include "libc/posix/working_directory.h"

#include <errno.h>
#include <parley/start.h>
#include <string.h>
#include <unistd.h>

#include "libc/files/client.h"
#include "libc/posix/path.h"
#include "libc/posix/posix.h"
#include "libc/start/start.h"

static char directory[FILES_PATH_MAX];

const char *working_directory(void) {
    const struct start_block *block = start_block_given();
    if (directory[0])
        return directory;
    const char *given = block && block->working_directory ? (const char *)block + block->working_directory : "/";
    if (!path_normalise("/", given, directory, sizeof directory))
        strcpy(directory, "/");
    return directory;
}

bool path_resolve(const char *path, char *result) {
    if (path_normalise(working_directory(), path, result, FILES_PATH_MAX))
        return true;
    errno = *path ? ENAMETOOLONG : ENOENT;
    return false;
}

int chdir(const char *path) {
    char resolved[FILES_PATH_MAX];
    struct files_stat stat;
    if (!path_resolve(path, resolved))
        return -1;
    enum status status = files_stat_path(resolved, &stat);
    if (status < 0)
        return posix_result(status);
    if (stat.type != FILES_TYPE_DIRECTORY)
        return posix_fail(ENOTDIR);
    strcpy(directory, resolved);
    return 0;
}

char *getcwd(char *buffer, size_t size) {
    const char *path = working_directory();
    size_t need = strlen(path) + 1;
    if (!buffer)
        return strdup(path);
    if (size < need) {
        errno = ERANGE;
        return NULL;
    }
    return memcpy(buffer, path, need);
}
