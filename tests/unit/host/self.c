// Where the shell's own program lies on the host, whatever it was started as.
#include "apps/sh/self.h"

#include <limits.h>
#include <unistd.h>

const char *self_path(const char *name) {
    static char path[PATH_MAX + 1];
    return readlink("/proc/self/exe", path, PATH_MAX) > 0 ? path : name;
}
