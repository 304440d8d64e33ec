// Copying of files and directories.
#include "apps/common/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/common/directory.h"
#include "apps/common/input.h"
#include "apps/common/output.h"
#include "apps/common/tool.h"

enum { COPY_DEPTH_MAX = 64 };

bool path_is_directory(const char *path) {
    struct stat information;
    return !stat(path, &information) && S_ISDIR(information.st_mode);
}

void copy_report(const char *from, const char *to) {
    output_text(&standard_output, "'");
    output_text(&standard_output, from);
    output_text(&standard_output, "' -> '");
    output_text(&standard_output, to);
    output_text(&standard_output, "'\n");
}

// Where `from` goes: TARGET itself, or TARGET/NAME where that is a directory. The caller frees it.
static char *target_of(const char *from, const char *target, bool target_is_directory) {
    if (!target_is_directory)
        return strcpy(tool_allocate(strlen(target) + 1, 1), target);
    char *name = strcpy(tool_allocate(strlen(from) + 1, 1), from);
    for (size_t length = strlen(name); length > 1 && name[length - 1] == '/';)
        name[--length] = 0;
    char *path = path_join(target, path_name(name));
    free(name);
    return path;
}

static bool complain(const char *path) {
    tool_complain_errno(path);
    return false;
}

static bool copy_bytes(struct input *input, int to, const char *name) {
    char *block;
    size_t size;
    while (input_block(input, &block, &size)) {
        errno = write_fully(to, block, size);
        if (errno)
            return complain(name);
    }
    return true;
}

static int open_target(const char *path, mode_t mode, bool force) {
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, descriptor = open(path, flags, mode);
    if (descriptor < 0 && force && !unlink(path))
        descriptor = open(path, flags, mode);
    return descriptor;
}

static bool copy_file(const char *from, const char *to, mode_t mode, const struct copy_options *options) {
    static struct input input; // its buffer serves all files
    bool complained_before = tool_has_complained();
    if (!input_open(&input, from))
        return false;
    int descriptor = open_target(to, mode & 0777, options->force);
    bool done = descriptor >= 0 ? copy_bytes(&input, descriptor, to) : complain(to);
    input_close(&input);
    if (descriptor >= 0 && close(descriptor))
        done = complain(to);
    if (done && options->verbose)
        copy_report(from, to);
    return done && (complained_before || !tool_has_complained());
}

static bool copy_within(const char *from, const char *to, const struct copy_options *options, int depth);

static bool copy_directory(const char *from, const char *to, const struct copy_options *options, int depth) {
    struct names names;
    bool all = true;
    if (!directory_list(from, &names))
        return complain(from);
    if (mkdir(to, 0777) && !path_is_directory(to)) {
        names_free(&names);
        return complain(to);
    }
    if (options->verbose)
        copy_report(from, to);
    for (size_t i = 0; i < names.count; i++) {
        char *inner_from = path_join(from, names.names[i]), *inner_to = path_join(to, names.names[i]);
        all &= copy_within(inner_from, inner_to, options, depth + 1);
        free(inner_from);
        free(inner_to);
    }
    names_free(&names);
    return all;
}

static bool is_same(const struct stat *from, const char *to) {
    struct stat other;
    return !stat(to, &other) && other.st_ino == from->st_ino && other.st_dev == from->st_dev;
}

static bool refuse(const char *path, const char *reason) {
    tool_complain(path, reason);
    return false;
}

static bool copy_within(const char *from, const char *to, const struct copy_options *options, int depth) {
    struct stat information, target;
    if (stat(from, &information))
        return complain(from);
    if (is_same(&information, to))
        return refuse(to, "is the same file");
    if (depth > COPY_DEPTH_MAX)
        return refuse(from, "too deep: is it copied into itself?");
    if (S_ISDIR(information.st_mode))
        return options->recursive ? copy_directory(from, to, options, depth)
                                  : refuse(from, "is a directory, and -r is not given");
    if (options->keep && !stat(to, &target))
        return true;
    return copy_file(from, to, information.st_mode, options);
}

// "a" into "a/b": what is copied would never end.
static bool is_inside(const char *directory, const char *path) {
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/')
        length--;
    return !strncmp(directory, path, length) && path[length] == '/';
}

bool copy_path(const char *from, const char *to, const struct copy_options *options) {
    if (options->recursive && path_is_directory(from) && is_inside(from, to))
        return refuse(from, "cannot be copied into itself");
    return copy_within(from, to, options, 0);
}

void copy_operands(void (*place)(const char *from, const char *to)) {
    int count;
    char **paths = tool_operands(&count);
    if (count < 2)
        tool_misused(NULL, "a file and a target are wanted");
    const char *target = paths[count - 1];
    bool into = path_is_directory(target);
    if (count > 2 && !into)
        tool_fail(target, "is not a directory");
    for (int i = 0; i < count - 1; i++) {
        char *to = target_of(paths[i], target, into);
        place(paths[i], to);
        free(to);
    }
}
